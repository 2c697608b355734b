package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"linecheck/cmd/internal/cli"
	"linecheck/cmd/linecheck-recruiter/internal/keys"
	"linecheck/cmd/linecheck-recruiter/internal/store"
)

// person runs a person command, and returns its exit status and what it says.
func person(t *testing.T, args ...string) (code int, out, errors string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = cli.Main(personCmd(), args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// served is a data folder as a server leaves it, with these organisations.
func served(t *testing.T, tenants ...string) string {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, id := range tenants {
		if _, err := s.Tenant(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestPerson(t *testing.T) {
	data := served(t, "0123456789abcdef")
	link := regexp.MustCompile(`^https://jobs\.example:8443/portal/setup\?code=[0-9A-Z]{32}\n$`)
	add := func(more ...string) (int, string, string) {
		return person(t, append([]string{"add", "--data", data, "--url", "https://jobs.example:8443"}, more...)...)
	}
	if code, out, errors := add("--login", "Ana@jobs.example", "--name", "Ana Ruiz", "--role", "admin"); code != cli.OK || !link.MatchString(out) || errors != "" {
		t.Errorf("%d %q %q", code, out, errors)
	}
	if code, out, _ := add("--login", "ben@jobs.example"); code != cli.OK || !link.MatchString(out) {
		t.Errorf("%d %q", code, out)
	}
	_, first, _ := person(t, "renew", "--data", data, "--url", "https://jobs.example:8443", "--login", "BEN@jobs.example")
	_, second, _ := person(t, "renew", "--data", data, "--url", "https://jobs.example:8443", "--login", "ben@jobs.example")
	if !link.MatchString(first) || !link.MatchString(second) || first == second {
		t.Errorf("%q %q", first, second)
	}
	code, out, _ := person(t, "list", "--data", data)
	until := time.Now().UTC().Add(72 * time.Hour).Format(time.DateOnly)
	want := "ana@jobs.example  admin      one-time link until " + until + "  Ana Ruiz\nben@jobs.example  recruiter  one-time link until " + until + "  \n"
	if code != cli.OK || out != want {
		t.Errorf("%d\n%s\nwant\n%s", code, out, want)
	}
	for name, c := range map[string]struct {
		code int
		says string
		args []string
	}{
		"the login again": {cli.Usage, "has that login", []string{"--login", "ana@JOBS.example"}},
		"a login":         {cli.Usage, "a login has", []string{"--login", "a b"}},
		"a role":          {cli.Usage, "no such role", []string{"--login", "c", "--role", "root"}},
		"a name":          {cli.Usage, "a name has", []string{"--login", "c", "--name", strings.Repeat("x", 300)}},
		"an address":      {cli.Usage, "not a server address", []string{"--login", "c", "--url", "http://jobs.example"}},
		"no login":        {cli.Usage, "required flag", nil},
	} {
		if code, out, errors := add(c.args...); code != c.code || out != "" || !strings.Contains(errors, c.says) {
			t.Errorf("%s: %d %q %q", name, code, out, errors)
		}
	}
	if code, _, errors := person(t, "renew", "--data", data, "--url", "https://jobs.example", "--login", "zoe"); code != cli.Usage || !strings.Contains(errors, "no such person") {
		t.Errorf("%d %q", code, errors)
	}
}

// What is done at the command line stands in the audit log, and names nobody.
func TestPersonInTheAuditLog(t *testing.T) {
	data := served(t, "0123456789abcdef")
	for _, args := range [][]string{{"add", "--role", "admin"}, {"renew"}, {"add"}} {
		person(t, append(args, "--data", data, "--url", "https://jobs.example", "--login", "ana")...)
	}
	s, err := store.OpenRead(data)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tenant, err := s.Find(t.Context(), "0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	trail, err := tenant.Trail(t.Context(), 0, 10)
	var said []string
	for _, a := range trail {
		said = append(said, strings.Join([]string{a.Who, a.What, a.Subject, a.Detail}, " "))
	}
	want := []string{"command line person.renewed 1 admin", "command line person.added 1 admin"}
	if err != nil || !slices.Equal(said, want) {
		t.Errorf("%q (%v)", said, err)
	}
}

// Where there is no organisation yet it is said what to do, and nothing is made.
func TestPersonBeforeTheServer(t *testing.T) {
	empty := t.TempDir()
	for name, c := range map[string]struct {
		code int
		says string
		args []string
	}{
		"no database":       {cli.Usage, "--data or --database", nil},
		"an empty folder":   {cli.Usage, "no such file", []string{"--data", empty}},
		"no folder":         {cli.Usage, "no such file", []string{"--data", filepath.Join(empty, "x")}},
		"no organisation":   {cli.CouldNotRun, "start the server once", []string{"--data", served(t)}},
		"no trust file":     {cli.Usage, "nowhere", []string{"--data", empty, "--trust", "nowhere"}},
		"no such database":  {cli.Usage, "not like postgres://", []string{"--database", "mysql://h/d"}},
		"two organisations": {cli.Usage, "several organisations", []string{"--data", served(t, "0123456789abcdef", "fedcba9876543210")}},
	} {
		for _, verb := range [][]string{{"add", "--login", "a", "--url", "https://jobs.example"}, {"list"}} {
			if code, out, errors := person(t, append(verb, c.args...)...); code != c.code || out != "" || !strings.Contains(errors, c.says) {
				t.Errorf("%s, %s: %d %q %q", name, verb[0], code, out, errors)
			}
		}
	}
	if left, err := os.ReadDir(empty); len(left) != 0 || err != nil {
		t.Errorf("made %v %v", left, err)
	}
}

// One of several organisations is named by its trust file.
func TestPersonOfOneOfSeveral(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	k, err := keys.Create(folder, "Example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	trusted, err := k.Trust()
	if err != nil {
		t.Fatal(err)
	}
	data, file := served(t, "0123456789abcdef", trusted.Value().Tenant), filepath.Join(folder, "trust.json")
	if code, _, errors := person(t, "add", "--data", data, "--trust", file, "--login", "ana", "--url", "https://jobs.example"); code != cli.OK {
		t.Errorf("%d %s", code, errors)
	}
	if code, out, errors := person(t, "list", "--data", data, "--trust", file); code != cli.OK || !strings.HasPrefix(out, "ana ") {
		t.Errorf("%d %q %s", code, out, errors)
	}
}
