/** The documents of the API by their names in /openapi.json: in JSDoc, `import("bakeoff-api").JobDocument`. */

import type { components } from "openapi-document";

type Schemas = components["schemas"];

export type ComparisonSummary = Schemas["ComparisonSummary"];
export type ComparisonDocument = Schemas["ComparisonDocument"];
export type DatasetDocument = Schemas["DatasetDocument"];
export type JobDocument = Schemas["JobDocument"];
export type JobProgress = Schemas["JobProgress"];
export type LeaderboardRow = Schemas["LeaderboardRow"];
export type PairStatistics = Schemas["PairStatistics"];
export type WorkerDocument = Schemas["WorkerDocument"];
