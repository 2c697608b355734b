package verify_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/verify"
)

// The vectors are for verifiers in other languages: files, and what must come out.
const vectors = "../testdata"

var update = flag.Bool("update", false, "write the vectors of report/testdata anew")

// vector is one case of testdata/cases.json.
type vector struct {
	File string `json:"file"`
	// At is the time to judge by.
	At time.Time `json:"at"`
	// Fails is the step that fails; empty for an authentic report.
	Fails string `json:"fails"`
	// Verdict and ReportSHA256 are there for authentic reports.
	Verdict      report.Verdict `json:"verdict,omitempty"`
	ReportSHA256 string         `json:"report_sha256,omitempty"`
}

// fixed is the key whose seed is that byte 32 times.
func fixed(t testing.TB, b byte) envelope.PrivateKey {
	t.Helper()
	k, err := envelope.ParsePrivate(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{b}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func fixedTenant(t testing.TB) *tenant {
	x := newTenant(t)
	x.root, x.invite, x.probe, x.receipt = fixed(t, 1), fixed(t, 2), fixed(t, 3), fixed(t, 4)
	for i, k := range x.trust.Keys {
		x.trust.Keys[i].Key = map[report.KeyRole]envelope.PrivateKey{report.RoleInvite: x.invite, report.RoleProbe: x.probe, report.RoleReceipt: x.receipt}[k.Role].Public().ID()
	}
	slices.SortFunc(x.trust.Keys, func(a, b report.TrustedKey) int { return strings.Compare(string(a.Role), string(b.Role)) })
	return x
}

func fixedStory(t testing.TB, x *tenant) *story {
	s := newStory(t, x)
	s.session = fixed(t, 5)
	s.observation.SessionKey, s.report.SessionKey = s.session.Public().ID(), s.session.Public().ID()
	return s
}

// makeVectors writes every case anew.
func makeVectors(t *testing.T) map[string][]byte {
	x := fixedTenant(t)
	stranger := &tenant{invite: fixed(t, 12), probe: fixed(t, 13), receipt: fixed(t, 14)}
	other := fixedStory(t, x)
	other.invite.ID = strings.Repeat("f", 32)
	trust, err := x.open(t).Sealed().Bytes()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"trust.json": trust}
	cases := []vector{}
	add := func(name, fails string, at time.Time, b bundle.Bundle, data []byte) {
		v := vector{File: name, At: at, Fails: fails}
		if fails == "" {
			v.Verdict, v.ReportSHA256 = report.Ready, digest(t, b.Report)
		}
		files[name], cases = data, append(cases, v)
	}
	plain := func(b bundle.Bundle) []byte {
		data, err := b.JSON()
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	later := noon().Add(time.Hour)
	good := fixedStory(t, x).tell(t)
	text, err := good.Armour()
	if err != nil {
		t.Fatal(err)
	}
	add("good.json", "", later, good, plain(good))
	add("good.txt", "", later, good, text)
	asks := fixedStory(t, x)
	asking("1.4.0", "https://jobs.example/linecheck")(asks)
	b := asks.tell(t)
	add("the-invite-asks-for-a-program.json", "", later, b, plain(b))
	add("expired.json", "window", noon().AddDate(0, 0, 31), good, plain(good))
	add("trailing-bytes.json", "coat", later, good, append(plain(good), "{}"...))
	add("no-canonical-base64.json", "envelope", later, good, bytes.Replace(plain(good), []byte(`"sig":"`), []byte(`"sig":"\n`), 4))
	for _, f := range slices.Concat(forgedInvites(x, stranger, other.tell(t)), forgedObservations(x, stranger, other.tell(t)), forgedReports(x), forgedReceipts(t, stranger, other.tell(t))) {
		s := fixedStory(t, x)
		if f.bend != nil {
			f.bend(s)
		}
		b := s.tell(t)
		if f.rework != nil {
			f.rework(&b)
		}
		at := f.at
		if at.IsZero() {
			at = later
		}
		add(strings.NewReplacer(" ", "-", "'", "", ",", "").Replace(f.name)+".json", f.step, at, b, plain(b))
	}
	list, err := json.MarshalIndent(cases, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	files["cases.json"] = append(list, '\n')
	return files
}

// TestVectors verifies the files as they stand, and that they are still what
// our own code makes of the fixed keys. "go test ./report/verify -run Vectors -update" writes them anew.
func TestVectors(t *testing.T) {
	made := makeVectors(t)
	if *update {
		for name, data := range made {
			if err := os.WriteFile(filepath.Join(vectors, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(vectors, name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, made[name]) {
			t.Errorf("%s is not what our code makes any more: the format has changed", name)
		}
		return data
	}
	sealed, err := envelope.Parse(read("trust.json"))
	if err != nil {
		t.Fatal(err)
	}
	trust, err := verify.OpenTrust(sealed)
	if err != nil {
		t.Fatal(err)
	}
	var cases []vector
	if err := json.Unmarshal(read("cases.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 40 {
		t.Errorf("only %d cases", len(cases))
	}
	for _, c := range cases {
		r := verify.Bundle(read(c.File), trust, verify.Options{At: c.At})
		if got := failed(r); got != c.Fails || r.Authentic != (c.Fails == "") {
			t.Errorf("%s: step %q failed, want %q: %+v", c.File, got, c.Fails, r.Steps)
		}
		if r.Authentic && (r.Appraisal.Verdict != c.Verdict || r.ReportSHA256 != c.ReportSHA256) {
			t.Errorf("%s: %s %s", c.File, r.Appraisal.Verdict, r.ReportSHA256)
		}
	}
}
