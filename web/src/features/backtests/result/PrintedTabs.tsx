import { useDeferredValue } from "react";
import { Section } from "@/app/Page";
import { usePrinting } from "@/format";
import classes from "./Result.module.css";
import { TabContent, type TabContentProps } from "./TabContent";
import { usePrinted } from "./use_printed";
import { TABS } from "./use_selection";

/**
 * What the tabs have, on paper one after the other. A report draws its canvases ahead: paper is not waited for, and what is
 * drawn on them then is a picture.
 */
export function PrintedTabs(props: TabContentProps) {
  const tabs = usePrinted(props.run.id);
  const isPrinting = usePrinting();
  const isShown = useDeferredValue(true, false); // what is looked at first is drawn first
  if (!isPrinting && !isShown) return null;
  return (
    <div className={classes[isPrinting ? "parts" : "ahead"]} inert={!isPrinting}>
      {tabs.map((each) => (
        <Section key={each} title={TABS[each]}>
          <TabContent tab={each} {...props} />
        </Section>
      ))}
    </div>
  );
}
