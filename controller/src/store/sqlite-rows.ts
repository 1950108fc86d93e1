import type { TokenRecord } from "../tokens/token-record.ts";
import type { OperatorRecord } from "./cluster-store.ts";

/** A row as the database gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** A row that this version never wrote. */
export class DamagedRowError extends Error {
  override readonly name = "DamagedRowError";
}

/** Reads a column of text. Throws DamagedRowError for anything else. */
export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new DamagedRowError(`column ${column} of the store holds no text`);
  return value;
}

/** Reads a column of numbers. Throws DamagedRowError for anything else. */
export function numberOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw new DamagedRowError(`column ${column} of the store holds no number`);
  return value;
}

/** Reads a row of the token table. */
export function readToken(row: Row): TokenRecord {
  return {
    id: textOf(row, "id"),
    node: textOf(row, "node"),
    secretHash: textOf(row, "secret_hash"),
    expiresAt: numberOf(row, "expires_at"),
    spentBy: row["spent_by"] === null ? undefined : textOf(row, "spent_by"),
  };
}

/** Reads a row of the operator table. */
export function readOperator(row: Row): OperatorRecord {
  return { name: textOf(row, "name"), certificate: textOf(row, "certificate") };
}
