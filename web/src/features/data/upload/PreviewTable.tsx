import { NativeSelect } from "@mantine/core";
import type { UploadMessage } from "@/api";
import classes from "./Upload.module.css";
import { ROLES, type Role } from "./upload_requests";

interface PreviewTableProps {
  readonly found: UploadMessage;
  /** A column was said to be something. */
  readonly onTake: (name: string, role: Role) => void;
}

const LABELS: Readonly<Record<Role, string>> = {
  date: "date",
  time: "time of day",
  open: "open",
  high: "high",
  low: "low",
  close: "close",
  volume: "volume",
  adj_close: "adjusted close",
  symbol: "symbol",
};

/** The first rows, and over each column what it was taken as. */
export function PreviewTable({ found, onTake }: PreviewTableProps) {
  return (
    <div className={classes["preview"]} tabIndex={0} role="group" aria-label="First rows of the file">
      <table aria-label="First rows of the file">
        <thead>
          <tr>
            {found.columns.map(({ name, role }, at) => (
              <th key={at} scope="col" data-number={isNumber(role) || undefined}>
                <span>{name}</span>
                <NativeSelect
                  size="xs"
                  aria-label={`What the column ${name} is`}
                  value={role ?? ""}
                  data-used={role !== null || undefined}
                  onChange={(event) => {
                    const chosen = ROLES.find((each) => each === event.currentTarget.value);
                    if (chosen !== undefined) onTake(name, chosen);
                  }}
                >
                  {role === null && <option value="">not used</option>}
                  {role !== null && !isRole(role) && <option value={role}>{role.replaceAll("_", " ")}</option>}
                  {ROLES.map((each) => (
                    <option key={each} value={each}>
                      {LABELS[each]}
                    </option>
                  ))}
                </NativeSelect>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.rows.map((row, at) => (
            <tr key={at}>
              {found.columns.map(({ role }, column) => (
                <td key={column} data-unused={role === null || undefined} data-number={isNumber(role) || undefined}>
                  {row[column] ?? ""}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isRole(role: string): role is Role {
  return (ROLES as readonly string[]).includes(role);
}

const NUMBERS: readonly string[] = ["open", "high", "low", "close", "volume", "adj_close"] satisfies Role[];

function isNumber(role: string | null): boolean {
  return role !== null && NUMBERS.includes(role);
}
