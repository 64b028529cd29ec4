/** The documents of the API by their names in /openapi.json: in JSDoc, `import("bakeoff-api").JobDocument`. */

import type { components } from "openapi-document";

type Schemas = components["schemas"];

export type AliasDocument = Schemas["AliasDocument"];
export type AliasVersionDocument = Schemas["AliasVersionDocument"];
export type ChecksDocument = Schemas["ChecksDocument"];
export type ClassSizes = Schemas["ClassSizes"];
export type ComparisonDocument = Schemas["ComparisonDocument"];
export type ComparisonSummary = Schemas["ComparisonSummary"];
export type DatasetDocument = Schemas["DatasetDocument"];
export type DatasetImage = Schemas["DatasetImage"];
export type DeletionDocument = Schemas["DeletionDocument"];
export type ExplanationList = Schemas["ExplanationList"];
export type FindingDocument = Schemas["FindingDocument"];
export type ImageGroup = Schemas["ImageGroup"];
export type JobDocument = Schemas["JobDocument"];
export type JobProgress = Schemas["JobProgress"];
export type LatencyTable = Schemas["LatencyTable"];
export type LeaderboardRow = Schemas["LeaderboardRow"];
export type ModelDocument = Schemas["ModelDocument"];
export type OnnxDocument = Schemas["OnnxDocument"];
export type OwnKeyDocument = Schemas["OwnKeyDocument"];
export type PairStatistics = Schemas["PairStatistics"];
export type PredictionList = Schemas["PredictionList"];
export type QuantisationDocument = Schemas["QuantisationDocument"];
export type StorageDocument = Schemas["StorageDocument"];
export type WorkerDocument = Schemas["WorkerDocument"];
