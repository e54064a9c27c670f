import { Section, Stat, Stats } from "@/app/Page";
import { useAppSelector } from "@/app/store";
import { Moment } from "@/format";
import { ChangePassword } from "./ChangePassword";

const ROLES = {
  viewer: "sees data and own runs",
  trader: "also runs, ingests, trades",
  admin: "also sees all, keeps users",
};

/** Who is signed in. */
export function Profile() {
  const user = useAppSelector((state) => state.session.me?.user);
  if (user === undefined) return null;
  return (
    <>
      <Stats>
        <Stat label="Name">{user.name}</Stat>
        <Stat label="Role" under={ROLES[user.role]}>
          {user.role}
        </Stat>
        <Stat label="Last login">
          <Moment at={user.last_login_at} precision="minute" />
        </Stat>
      </Stats>
      <Section title="Password">
        <ChangePassword name={user.name} />
      </Section>
    </>
  );
}
