"""Health by the client, against a real service; keys are tested in tests/service/commands."""


def test_a_service_says_how_it_is(client):
    assert client.is_ready()
    assert client.live()
    assert client.ready()["database"] == "sqlite"
    assert client.server_live()["live"]
    assert client.server_ready()["ready"]
    assert client.server_metadata()["name"] == "bakeoff"
    assert 'bakeoff_jobs{status="succeeded"} 4' in client.prometheus()
