/** The one table of the page. */
export { compareValues, type CellValue, type Column } from "./columns";
export { csvOf, download } from "./csv";
export { DataTable, type DataTableProps } from "./DataTable";
export { WithFile } from "./DownloadCsv";
