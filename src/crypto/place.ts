/** Where a sealed value stands: `table.column/row`. Sealing binds a value to it, so values can't be swapped between rows. */
export type Place = `${string}.${string}/${string}`;

/** @param rowId the row's primary key, which never changes */
export function placeOf(table: string, column: string, rowId: string): Place {
  return `${table}.${column}/${rowId}`;
}
