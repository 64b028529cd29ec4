/** Why a request was not done, in the words of the API. */

/** A refusal of the API (a problem document), or that it did not answer at all (status 0). */
export class ApiError extends Error {
  /**
   * @param {number} status of HTTP; 0: there was no answer
   * @param {string} message
   * @param {{ at: string, message: string }[]} [fields] each wrong field of a body
   * @param {number} [retryAfter] seconds after which a busy service would like to be asked again
   */
  constructor(status, message, fields = [], retryAfter = undefined) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.fields = fields;
    this.retryAfter = retryAfter;
  }

  /** Whether waiting may help, since the service or its database does not answer. */
  get isOutage() {
    return this.status === 0 || [502, 503, 504].includes(this.status);
  }
}

/**
 * The error that a response tells.
 *
 * @param {Response} response
 */
export async function readProblem(response) {
  const text = await response.text();
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  try {
    const problem = JSON.parse(text);
    return new ApiError(response.status, problem.detail ?? problem.error, problem.errors, retryAfter);
  } catch {
    return new ApiError(response.status, `the service answered ${response.status}`, [], retryAfter);
  }
}
