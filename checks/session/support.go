package session

import (
	"archive/zip"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"linecheck/report"
)

// SupportSchema names the manifest of a support bundle.
const SupportSchema = "linecheck.support/1"

// Manifest lists what is in a support bundle and what was left out.
type Manifest struct {
	Schema  string         `json:"schema"`
	Made    time.Time      `json:"made"`
	Program report.Program `json:"program"`
	// Files are the bundle's other files.
	Files []ManifestFile `json:"files"`
	// Hidden says what was left out or replaced, in words.
	Hidden []string `json:"hidden"`
}

// ManifestFile is one file of a support bundle.
type ManifestFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int    `json:"bytes"`
}

// mostLog bounds how much of the log's end a bundle holds, in bytes.
const mostLog = 1 << 20

// WriteSupport writes a support bundle for IT support: a zip with the evidence of the
// sessions under way, the end of the log, and the given files by name. Keys, legal
// names, recordings and what is marked private stay out, and the names of user and
// computer are replaced.
func WriteSupport(w io.Writer, homePath string, p report.Program, given map[string][]byte) error {
	hide := newHider()
	files := map[string][]byte{}
	for name, data := range given {
		files[name] = hide.all(data)
	}
	found, err := filepath.Glob(filepath.Join(homePath, "sessions", "*", "evidence", "*.json"))
	if err != nil {
		return err
	}
	for _, path := range found {
		var r record
		if read(path, &r) != nil {
			continue // what cannot be read cannot be redacted either
		}
		data, err := json.MarshalIndent(r.Evidence, "", " ")
		if err != nil {
			return err
		}
		session := filepath.Base(filepath.Dir(filepath.Dir(path)))
		files["evidence/"+session[:min(8, len(session))]+"/"+filepath.Base(path)] = hide.all(data)
	}
	if log, err := os.ReadFile(filepath.Join(homePath, "log.jsonl")); err == nil {
		files["log.jsonl"] = hide.all(publicLines(log[max(0, len(log)-mostLog):]))
	}
	m := Manifest{Schema: SupportSchema, Made: time.Now().UTC().Truncate(time.Second), Program: p, Hidden: []string{
		"signing keys, legal names, invites, recordings of the voice: not in the bundle",
		"names of running programs and other lines that the log marks as private: not in the bundle",
		"the names of the user, the home folder and the computer: replaced by (user), (home) and (computer)",
	}}
	return writeZip(w, m, files)
}

func writeZip(w io.Writer, m Manifest, files map[string][]byte) error {
	z := zip.NewWriter(w)
	put := func(name string, data []byte) error {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write(data)
		}
		return err
	}
	m.Files = []ManifestFile{}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		sum := sha256.Sum256(files[name])
		m.Files = append(m.Files, ManifestFile{name, hex.EncodeToString(sum[:]), len(files[name])})
		if err := put(name, files[name]); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := put("manifest.json", append(data, '\n')); err != nil {
		return err
	}
	return z.Close()
}

// publicLines leaves out a log's private lines, and a first one that is cut off.
func publicLines(log []byte) []byte {
	var out bytes.Buffer
	s := bufio.NewScanner(bytes.NewReader(log))
	s.Buffer(nil, mostLog)
	for s.Scan() {
		var line struct {
			Msg string `json:"msg"`
		}
		if json.Unmarshal(s.Bytes(), &line) != nil || line.Msg == privateLine {
			continue
		}
		fmt.Fprintf(&out, "%s\n", s.Bytes())
	}
	return out.Bytes()
}

// privateLine is the message of the log's private lines.
const privateLine = "private"

// hider replaces what names the person or the computer.
type hider struct{ replace *strings.Replacer }

func newHider() hider {
	var pairs []string
	add := func(name, by string) {
		if len(name) > 2 { // shorter ones stand in every word
			pairs = append(pairs, name, by)
		}
	}
	if dir, err := os.UserHomeDir(); err == nil {
		add(dir, "(home)")
	}
	if u, err := user.Current(); err == nil {
		add(u.Name, "(user)")
		add(u.Username, "(user)")
	}
	if h, err := os.Hostname(); err == nil {
		add(h, "(computer)")
	}
	return hider{strings.NewReplacer(pairs...)}
}

func (h hider) all(data []byte) []byte { return []byte(h.replace.Replace(string(data))) }
