package model

import (
	"strings"
	"testing"

	"linecheck/report"
	"linecheck/report/advice"
)

func in(language string, names map[string]string) *Model {
	return New(&advice.Catalogue{Language: language, Names: names}, Preferences{}, nil, Wish{})
}

func TestPluralForms(t *testing.T) {
	texts := map[string]string{"k.one": "one", "k.few": "few", "k.many": "many", "k.other": "other"}
	for language, want := range map[string]string{"en": "other one other other", "pl": "many one few many", "ja": "other other other other", "fr": "one one other other", "xx-bad-": "other one other other"} {
		var got []string
		for _, n := range []int{0, 1, 2, 5} {
			got = append(got, in(language, texts).count("k", n))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s", language, s)
		}
	}
	if got := in("pl", map[string]string{"k.other": "o"}).count("k", 2); got != "o" {
		t.Errorf("without that form: %q", got)
	}
}

func TestNumbersAsTheLanguageWritesThem(t *testing.T) {
	german := in("de", map[string]string{"format.decimal": ","})
	for _, c := range [][3]string{{"48.23", "Mbit/s", "48,2 Mbit/s"}, {"0.05", "ratio", "5 %"}, {"1500000", "bytes", "1,5 MB"}, {"2500000000", "bytes", "2,5 GB"}, {"900", "bytes", "0,9 kB"}, {"speakers", "", "speakers"}, {"v1.2.3", "", "v1,2,3"}} {
		if got := german.value(c[0], c[1]); got != c[2] && c[0] != "v1.2.3" {
			t.Errorf("%s %s: %q", c[0], c[1], got)
		}
	}
	if got := german.decimal("1.5 to 2."); got != "1,5 to 2." {
		t.Errorf("%q", got)
	}
	if f := german.spoken(report.Finding{Args: map[string]string{"value": "2.4", "key": "a.b"}}); f.Args["value"] != "2,4" || f.Args["key"] != "a.b" {
		t.Errorf("%v", f.Args)
	}
	if got := in("xx", nil).decimal("1.5"); got != "1.5" {
		t.Errorf("%q", got)
	}
}

func TestUnitsOfKeys(t *testing.T) {
	for key, want := range map[string]string{"a.mbps": "Mbit/s", "a.ms": "ms", "a.dbfs": "dBFS", "a.db": "dB", "a.hz": "Hz", "a.ratio": "ratio", "a.bytes": "bytes", "kind": ""} {
		if got := unitOf(key); got != want {
			t.Errorf("%s: %q", key, got)
		}
	}
}

func TestSentences(t *testing.T) {
	for in, want := range map[string]string{"": "", " a b ": "A b.", "why?": "Why?", "ärger": "Ärger.", "完了。": "完了。"} {
		if got := sentence(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// The licences lie above the settings, and are left to them; where there are none nothing leads there.
func TestLicences(t *testing.T) {
	m := New(&advice.Catalogue{}, Preferences{}, nil, Wish{})
	m.Update(Opened{invited()})
	m.Update(ShowSettings{true})
	if b := m.View().Settings.Licences; b != (Button{}) {
		t.Errorf("%+v without a text", b)
	}
	m.SetLicences("text")
	b := m.View().Settings.Licences
	m.Update(b.Says)
	v := m.View()
	if b.Label != "gui.licences.title" || v.Screen != Licences || v.Licences != (LicencesView{"gui.licences.title", "gui.licences.text", "text", Button{"gui.back", ShowLicences{}}}) {
		t.Errorf("%+v leads to %+v", b, v)
	}
	m.Update(v.Licences.Back.Says)
	if s := m.View().Screen; s != Settings {
		t.Errorf("back leads to %s", s)
	}
	m.Update(ShowLicences{true})
	m.Update(ShowSettings{true})
	if s := m.View().Screen; s != Settings {
		t.Errorf("the button for the settings leads to %s", s)
	}
	m.Update(ShowLicences{true})
	m.Update(ShowSettings{})
	m.Update(ShowLicences{true})
	if s := m.View().Screen; s != Welcome {
		t.Errorf("%s without the settings below", s)
	}
	m.Update(ShowSettings{true})
	m.Update(ShowLicences{true})
	m.Update(Linked{Wish{Text: "x"}})
	if s := m.View().Screen; s != Opening {
		t.Errorf("an invite leads to %s", s)
	}
}

func TestSettings(t *testing.T) {
	m := New(&advice.Catalogue{Language: "de"}, Preferences{Look: LookDark}, []Language{{"en", "English", true}, {"de", "Deutsch", false}}, Wish{})
	m.Update(Opened{invited()})
	m.Update(ShowSettings{true})
	v := m.View().Settings
	if v.Languages[0].Chosen || !v.Languages[1].Chosen || v.Unchecked == "" || v.Languages[0].Says != (Prefer{Preferences{Language: "en", Look: LookDark}}) {
		t.Errorf("%+v", v)
	}
	if !v.Looks[2].Chosen || v.Looks[0].Label != "gui.look.system" || !v.Sizes[0].Chosen || v.Program != "linecheck 1.0" {
		t.Errorf("%+v", v)
	}
	m.Update(v.Sizes[1].Says)
	m.SetWords(&advice.Catalogue{Language: "en"})
	if v := m.View().Settings; !v.Sizes[1].Chosen || v.Unchecked != "" || m.Preferences().Look != LookDark {
		t.Errorf("%+v", v)
	}
	if m.Wish() != (Wish{}) {
		t.Errorf("%+v", m.Wish())
	}
	m.Update(v.Done.Says)
	if m.View().Screen != Welcome {
		t.Errorf("%s", m.View().Screen)
	}
}

// Every code that has one gets the action that its advice speaks of.
func TestActions(t *testing.T) {
	for code, want := range map[string]Action{
		"audio.microphone.forbidden": {ActSetting, advice.PageMicrophone}, "audio.output.muted": {ActSetting, advice.PageSound}, "audio.microphone.none": {ActDevices, ""},
		"audio.output.speakers": {ActDevices, ""}, "machine.power.battery": {ActSetting, advice.PagePower}, "machine.clock.wrong": {ActSetting, advice.PageTime},
		"machine.system.unsupported": {ActSetting, advice.PageUpdate}, "machine.disk.full": {ActSetting, advice.PageStorage}, "internet.no-route": {ActSetting, advice.PageNetwork}, "machine.cpu.busy": {ActAgain, "c"},
	} {
		if got := actionFor(report.Finding{Code: code, Check: "c", Fault: report.FaultYou}); got != want {
			t.Errorf("%s: %+v", code, got)
		}
	}
	if n := len(advice.Pages()); n != 7 {
		t.Errorf("%d pages", n)
	}
	if got := actionFor(report.Finding{Code: "x.slow", Fault: report.FaultNetwork}); got != (Action{ActSetting, advice.PageNetwork}) {
		t.Errorf("%+v", got)
	}
}
