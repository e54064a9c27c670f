import { useListUsersQuery } from "@/api";
import { Section } from "@/app/Page";
import { Loaded, TableSkeleton } from "@/app/states";
import { DataTable } from "@/tables";
import { NewUser } from "./NewUser";
import { USER_COLUMNS } from "./user_columns";

/** Who may sign in, and as what. */
export function Users() {
  const query = useListUsersQuery({ limit: 500 });
  return (
    <>
      <Section title="New user">
        <NewUser />
      </Section>
      <Section title="Users">
        <Loaded query={query} skeleton={<TableSkeleton rows={4} />}>
          {({ data }) => (
            <DataTable
              name="users"
              columns={USER_COLUMNS}
              rows={data}
              keyOf={(each) => each.id}
              withSearch={data.length > 10}
              empty={null}
            />
          )}
        </Loaded>
      </Section>
    </>
  );
}
