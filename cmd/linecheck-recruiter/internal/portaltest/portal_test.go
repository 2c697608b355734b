package portaltest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"linecheck/cmd/internal/browsertest"
	"linecheck/cmd/internal/document"
	"linecheck/cmd/linecheck-recruiter/internal/sample"
	"linecheck/report/bundle"
)

// coats are a report as an applicant mails it: as a PDF, and as text.
func (o *office) coats(applicant, role, region string, l sample.Line) (pdf, text []byte, b bundle.Bundle) {
	o.t.Helper()
	now := time.Now()
	inv, sealed := o.Invite(o.t, applicant, role, region, now)
	b = o.Report(o.t, inv, sealed, l, now)
	var err error
	if pdf, err = document.Draw()(b, "Example Support", nil); err != nil {
		o.t.Fatal(err)
	}
	if text, err = b.Armour(); err != nil {
		o.t.Fatal(err)
	}
	return pdf, text, b
}

// A recruiter's day in a real browser.
func TestADay(t *testing.T) {
	o := newOffice(t)
	o.open("/portal/")
	o.look("sign-in")
	o.settle("ana@example.com", "admin")
	o.look("empty-list")
	o.invites()
	first, second := o.uploads()
	o.finds()
	o.judges(first)
	o.exports()
	o.manages()
	o.erases(second)
	o.submit(`form.who button`)
	o.reads("You have signed out")
	if _, trouble := o.Noted(); len(trouble) > 0 {
		for _, line := range trouble {
			if !strings.Contains(line, "404") && !strings.Contains(line, "400") && !strings.Contains(line, "422") {
				o.t.Errorf("the browser complains: %s", line)
			}
		}
	}
}

// invites makes one invite and many, and looks at what the applicant sees.
func (o *office) invites() {
	o.t.Helper()
	o.open("/portal/invites/new")
	o.look("new-invite")
	o.fill("form.stack", map[string]string{"applicant": "A-17", "name": "María López", "region": "EU", "language": "de"})
	o.submit("form.stack button")
	o.reads("The invite is ready", o.url+"/i/")
	link := browsertest.Get[string](o.Browser, `document.querySelector("main code").innerText`)
	o.look("issued")
	o.open(link)
	o.look("applicants-page")
	o.open("/portal/invites?state=opened")
	o.reads("A-17", "María López")
	o.look("invites")
	o.open("/portal/invites/new")
	policy := browsertest.Get[string](o.Browser, `document.querySelector("select[name=policy]").value`)
	table := "applicant;name;role;region\nB-1;=cmd|' /C calc'!A0;sales;EU\nB-2;Łucja;sales;EU\n"
	rows := o.rows(o.posted("/portal/invites/file", map[string]string{"role": "x", "region": "EU", "days": "7", "runs": "2", "policy": policy}, "people.csv", []byte(table)))
	if len(rows) != 3 || !strings.Contains(strings.Join(rows[1], " "), o.url+"/i/") {
		o.t.Errorf("the table of links is %q", rows)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				o.t.Errorf("a formula: %q", cell)
			}
		}
	}
}

// uploads hands reports over: good, the same again, altered, and what is none.
func (o *office) uploads() (first, second string) {
	o.t.Helper()
	slow := sample.Good()
	slow.Download = 4.2
	pdf, _, _ := o.coats("A-17", "customer-service", "EU", slow)
	o.upload("report.pdf", pdf)
	o.reads("was verified and taken in", "Not ready", "Download speed", "4.2")
	first = o.where()
	o.look("report")
	o.Do(chromedp.Evaluate[chromedp.Void](`for (const d of document.querySelectorAll("details")) d.open = true`))
	o.look("report-open")
	_, text, _ := o.coats("A-17", "customer-service", "EU", sample.Good())
	o.upload("report.txt", text)
	o.reads("Ready")
	second = o.where()
	o.upload("report.pdf", pdf)
	o.reads("was verified and taken in")
	if o.where() != first {
		o.t.Errorf("the same report again is at %s, not at %s", o.where(), first)
	}
	broken := bytes.Replace(text, []byte("\n"), []byte("\nAAAA"), 3)
	o.upload("altered.txt", broken)
	o.reads("was not taken in")
	o.look("refused")
	o.upload("holiday.jpg", []byte("\xff\xd8\xff not a report"))
	o.reads("was not taken in", "report.malformed")
	return first, second
}

// finds filters, searches and compares.
func (o *office) finds() {
	o.t.Helper()
	for i := range 4 {
		line := sample.Good()
		line.Unseen = i == 3
		o.upload("r.txt", asText(o.coats(fmt.Sprint("C-", i), "sales", "AP", line)))
	}
	o.open("/portal/")
	o.reads("6 reports")
	o.look("list")
	o.fill("form.filters", map[string]string{"role": "sales", "observed": "no"})
	o.submit("form.filters button")
	o.reads("C-3", "claimed only")
	if strings.Contains(o.Text(), "A-17") {
		o.t.Error("the filter lets others through")
	}
	o.open("/portal/?search=" + query("a-17"))
	o.Do(chromedp.Evaluate[chromedp.Void](`for (const b of document.querySelectorAll("input[name=c]")) b.click()`))
	o.submit(`form[action="/portal/compare"] button`)
	o.reads("Two reports side by side", "Download speed", "+")
	o.look("compare")
}

// judges changes the policy, sees what that would do, and decides about a report.
func (o *office) judges(first string) {
	o.t.Helper()
	o.open("/portal/policies")
	o.look("policies")
	o.Do(chromedp.Navigate(o.url + browsertest.Get[string](o.Browser, `document.querySelector("tbody td a").getAttribute("href")`)))
	o.Wait(`document.readyState === "complete"`)
	o.look("edit-policy")
	o.fill("form.stack", map[string]string{"min.download": "3"})
	o.submit(`button[value="preview"]`)
	o.reads("What it would change", "A-17")
	o.look("preview")
	o.fill("form.stack", map[string]string{"min.download": "3"})
	o.submit(`button[value="save"]`)
	o.reads("The policy is saved", "Version 5")
	o.look("policy")
	o.open("/portal/reappraise?search=" + query("a-17") + "&policy=" + browsertest.Get[string](o.Browser, `location.pathname.split("/").pop()`))
	o.reads("2 reports were judged anew")
	o.look("reappraise")
	o.open(first)
	o.fill(`form[action$="/decision"]`, map[string]string{"kind": "repeat", "note": "Please use a cable."})
	o.submit(`form[action$="/decision"] button`)
	o.reads("Your decision is saved", "please repeat", "Please use a cable.")
	o.look("decided")
}

// erases removes one report.
func (o *office) erases(second string) {
	o.t.Helper()
	o.open(second)
	o.Do(chromedp.Evaluate[chromedp.Void](`for (const d of document.querySelectorAll("details")) d.open = true`))
	o.fill(`form[action$="/erase"]`, map[string]string{"sure": "yes"})
	o.submit(`form[action$="/erase"] button`)
	o.reads("The report is erased", "5 reports")
	if text := o.fetched(second); !strings.Contains(text, "There is no such report") {
		o.t.Error("the erased report is still shown")
	}
}

// asText is a report as text.
func asText(_, text []byte, _ bundle.Bundle) []byte { return text }

// exports tries both forms of an export.
func (o *office) exports() {
	o.t.Helper()
	if rows := o.rows(o.fetched("/portal/export?format=csv")); len(rows) != 7 {
		o.t.Errorf("%d rows are exported", len(rows))
	}
	if lines := strings.Count(strings.TrimSpace(o.fetched("/portal/export?format=jsonl&role=sales")), "\n") + 1; lines != 4 {
		o.t.Errorf("%d lines are exported", lines)
	}
}

// manages adds a person and a token, sets how long reports are kept, and reads the audit log.
func (o *office) manages() {
	o.t.Helper()
	o.open("/portal/people")
	o.fill("section form.stack", map[string]string{"login": "ben@example.com", "role": "support"})
	o.submit("section form.stack button")
	o.reads("One-time link", o.url+"/portal/setup?code=", "ben@example.com")
	o.look("people")
	o.open("/portal/tokens")
	o.fill("section form.stack", map[string]string{"name": "tracking"})
	o.submit("section form.stack button")
	o.reads("The new token", "lct_")
	o.look("tokens")
	o.open("/portal/webhooks")
	o.fill("section form.stack", map[string]string{"url": "https://tracking.example/hook"})
	o.submit("section form.stack button")
	o.reads("whsec_", "https://tracking.example/hook")
	o.look("webhooks")
	o.open("/portal/settings")
	o.fill("form.stack", map[string]string{"retention": "365"})
	o.submit("form.stack button")
	o.reads("The settings are saved")
	o.look("settings")
	o.open("/portal/log")
	o.reads("report.uploaded", "policy.added", "person.added", "ana@example.com")
	o.look("audit-log")
}

// upload hands a file over.
func (o *office) upload(name string, data []byte) {
	o.t.Helper()
	o.open("/portal/upload")
	o.Do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{o.file(name, data)}))
	o.submit("form.stack button")
}

// where is the path of the page that is shown.
func (o *office) where() string {
	o.t.Helper()
	return browsertest.Get[string](o.Browser, `location.pathname`)
}

// rows reads a table.
func (o *office) rows(text string) [][]string {
	o.t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		o.t.Errorf("%v\n%.500s", err, text)
	}
	return rows
}
