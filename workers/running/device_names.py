"""The name of the device that jobs run on, found out by a child: the worker itself does not import torch."""

import contextlib
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext

from workers.errors import BakeoffError


class DeviceName:
    """The product name of the device of a setting, as "auto"; the setting until the child has answered."""

    def __init__(self, context: ForkServerContext, setting: str) -> None:
        self._name = setting
        self._answer, told = context.Pipe(duplex=False)
        context.Process(target=_tell, args=(setting, told), daemon=True).start()
        told.close()

    def __str__(self) -> str:
        if not self._answer.closed and self._answer.poll():
            with contextlib.suppress(EOFError):  # the child has died
                self._name = self._answer.recv() or self._name
            self._answer.close()
        return self._name


def _tell(setting: str, told: Connection) -> None:
    """Runs in the child, to which torch is loaded already."""
    hardware = import_module("workers.training.hardware.device")
    try:
        told.send(hardware.device_name(hardware.resolve(setting)))
    except BakeoffError:  # there is no such device, as every job will say
        told.send("")
