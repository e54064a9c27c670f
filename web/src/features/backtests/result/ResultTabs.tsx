import { Tabs } from "@mantine/core";
import { usePrinting } from "@/format";
import { useReport } from "../recorded";
import { PrintedTabs } from "./PrintedTabs";
import classes from "./Result.module.css";
import { TabContent, type TabContentProps } from "./TabContent";
import { TABS, useSelection, type Tab } from "./use_selection";

const TAB_NAMES = Object.keys(TABS) as Tab[];

/** Everything else of a result; what is seen of the charts is what they are about. */
export function ResultTabs(props: TabContentProps) {
  const { selection, select } = useSelection();
  const { tab } = selection;
  const isRecorded = useReport() !== undefined;
  const isPrinting = usePrinting();
  const absent: ReadonlySet<Tab> = new Set([
    ...(isRecorded ? ["log" as const] : []),
    ...(props.run.spec.symbols.length === 1 ? ["symbols" as const] : []),
  ]);
  const tabs = TAB_NAMES.filter((each) => !absent.has(each));
  return (
    <div>
      {!isPrinting && (
        <Tabs value={tab} onChange={(found) => select({ tab: found === "trades" ? null : found })} keepMounted={false}>
          <Tabs.List>
            {tabs.map((each) => (
              <Tabs.Tab key={each} value={each} className={classes["tab"] ?? ""}>
                {TABS[each]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={tab} className={classes["panel"] ?? ""}>
            <TabContent tab={tab} {...props} />
          </Tabs.Panel>
        </Tabs>
      )}
      {(isPrinting || isRecorded) && <PrintedTabs {...props} />}
    </div>
  );
}
