package session

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"linecheck/report"
	"linecheck/report/bundle"
	"linecheck/report/envelope"
	"linecheck/report/support"
)

// mostLog bounds how much of the log's end a bundle holds, in bytes.
const mostLog = 1 << 20

// DiagnosisFile is the last diagnosis that was made at a terminal, in the home folder.
const DiagnosisFile = "diagnosis.json"

// Support gathers a bundle for IT support from the home folder: the newest report, the
// evidence of sessions under way, the last diagnosis and the end of the log; with
// facts of the computer, each classed by who recorded it. Keys, invites, recordings
// and legal names stay out. The manifest lists the files, and what was hidden.
func Support(homePath string, p report.Program, facts []support.Fact) (support.Manifest, map[string][]byte, error) {
	key, err := pseudonymKey(homePath)
	if err != nil {
		return support.Manifest{}, nil, err
	}
	g := &gathering{home: homePath, hide: support.NewHider(key), files: map[string][]byte{}}
	knowOwner(g.hide)
	for _, what := range []string{"key", "invite", "recording"} {
		g.hide.LeaveOut(what)
	}
	m := support.Manifest{Schema: support.Schema, Made: time.Now().UTC().Truncate(time.Second), Program: p}
	if err := g.facts(facts); err != nil {
		return m, nil, err
	}
	if m.Report, err = g.report(); err != nil {
		return m, nil, err
	}
	if err := errors.Join(g.evidence(), g.diagnosis()); err != nil {
		return m, nil, err
	}
	g.log()
	m.Case = bundle.Code(m.Report)
	if m.Report == "" {
		m.Case = bundle.Code(envelope.Digest([]byte(rand.Text())))
	}
	m.Hidden, m.Files = g.hide.Hidden(), support.List(g.files)
	return m, g.files, nil
}

// pseudonymKey makes the same value the same pseudonym in every bundle of this
// computer. It never leaves it.
func pseudonymKey(homePath string) ([]byte, error) {
	path := filepath.Join(homePath, "pseudonyms")
	key, err := os.ReadFile(path)
	if err == nil && len(key) == 32 {
		return key, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	key = make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return key, WriteFile(path, key)
}

// knowOwner makes the names of user, home folder and computer private wherever they stand.
func knowOwner(h *support.Hider) {
	if dir, err := os.UserHomeDir(); err == nil {
		h.Know("folder", dir)
	}
	if u, err := user.Current(); err == nil {
		h.Know("name", u.Username)
		for _, part := range strings.Fields(u.Name) {
			h.Know("name", part)
		}
	}
	if name, err := os.Hostname(); err == nil {
		h.Know("computer", name)
	}
}

// gathering is a bundle as it grows.
type gathering struct {
	home  string
	hide  *support.Hider
	files map[string][]byte
}

// put adds a value as JSON.
func (g *gathering) put(name string, v any) error {
	data, err := json.MarshalIndent(v, "", " ")
	g.files[name] = append(data, '\n')
	return err
}

// facts adds what may be seen of the facts, by key. Private values are known from
// then on, so that the log is rid of them too.
func (g *gathering) facts(list []support.Fact) error {
	shown := map[string]string{}
	for _, f := range list {
		if v, ok := g.hide.Fact(f); ok {
			shown[f.Key] = v
		}
	}
	return g.put("facts.json", shown)
}

// report adds the newest report, without what travels beside it, and returns its
// digest. One that bears a legal name stays out; its evidence and digest do not.
func (g *gathering) report() (digest string, err error) {
	b, ok := newestReport(g.home)
	if !ok {
		return "", nil
	}
	if digest, err = b.Report.Digest(); err != nil {
		return "", nil // what is no report any more belongs to none
	}
	o, err := support.OpenOwn(b.Report)
	if err != nil {
		return "", nil
	}
	for _, e := range o.Value().Evidence {
		if err := g.put(support.EvidenceFolder+"report/"+e.Check+".json", e); err != nil {
			return "", err
		}
	}
	if o.Value().Signature != "" {
		g.hide.LeaveOut("signature")
		return digest, nil
	}
	data, err := bundle.Bundle{Schema: bundle.Schema, Observations: []envelope.Envelope{}, Report: b.Report}.JSON()
	g.files[support.ReportName] = data
	return digest, err
}

// newestReport is the report that was sealed last, sent or not.
func newestReport(homePath string) (b bundle.Bundle, ok bool) {
	var newest time.Time
	for _, pattern := range []string{"reports/*/report.json", "outbox/*.json", "sessions/*/bundle.json", "refused/*.json"} {
		found, err := filepath.Glob(filepath.Join(homePath, pattern))
		if err != nil {
			continue
		}
		for _, path := range found {
			st, err := os.Stat(path)
			if err != nil || !st.ModTime().After(newest) {
				continue
			}
			data, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			if one, err := bundle.Parse(data); err == nil {
				b, ok, newest = one, true, st.ModTime()
			}
		}
	}
	return b, ok
}

// evidence adds what the sessions under way have measured.
func (g *gathering) evidence() error {
	found, err := filepath.Glob(filepath.Join(g.home, "sessions", "*", "evidence", "*.json"))
	if err != nil {
		return err
	}
	for _, path := range found {
		var r record
		if read(path, &r) != nil {
			continue // what cannot be read cannot be redacted either
		}
		session := filepath.Base(filepath.Dir(filepath.Dir(path)))
		if err := g.put(support.EvidenceFolder+session[:min(8, len(session))]+"/"+filepath.Base(path), r.Evidence); err != nil {
			return err
		}
	}
	return nil
}

// diagnosis adds the last diagnosis, and its evidence.
func (g *gathering) diagnosis() error {
	data, err := os.ReadFile(filepath.Join(g.home, DiagnosisFile))
	if err != nil {
		return nil // none was made
	}
	g.files[DiagnosisFile] = data
	var d struct {
		Evidence []report.Evidence `json:"evidence"`
	}
	if json.Unmarshal(data, &d) != nil {
		return nil
	}
	for _, e := range d.Evidence {
		if e.WellFormed() != nil {
			continue
		}
		if err := g.put(support.EvidenceFolder+"diagnosis/"+e.Check+".json", e); err != nil {
			return err
		}
	}
	return nil
}

// log adds the end of the log, without its private lines.
func (g *gathering) log() {
	log, err := os.ReadFile(filepath.Join(g.home, "log.jsonl"))
	if err != nil {
		return
	}
	text, left := publicLines(log[max(0, len(log)-mostLog):])
	if left > 0 {
		g.hide.LeaveOut("program")
	}
	g.files["log.jsonl"] = []byte(g.hide.Text(string(text)))
}

// publicLines leaves out a log's private lines, and a first one that is cut off; left
// is how many private ones there were.
func publicLines(log []byte) (text []byte, left int) {
	var out bytes.Buffer
	s := bufio.NewScanner(bytes.NewReader(log))
	s.Buffer(nil, mostLog)
	for s.Scan() {
		var line struct {
			Msg string `json:"msg"`
		}
		switch {
		case json.Unmarshal(s.Bytes(), &line) != nil:
		case line.Msg == privateLine:
			left++
		default:
			fmt.Fprintf(&out, "%s\n", s.Bytes())
		}
	}
	return out.Bytes(), left
}

// privateLine is the message of the log's private lines.
const privateLine = "private"
