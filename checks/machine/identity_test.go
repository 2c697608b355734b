package machine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"linecheck/checks"
	"linecheck/report"
	"linecheck/report/exchange"
)

func TestSystemOnThisMachine(t *testing.T) {
	c := NewSystem(SystemConfig{Table: systems(t)})
	begin := time.Now()
	e, _ := checks.RunOne(t.Context(), c, nil)
	if e.Outcome != report.Measured || time.Since(begin) > 5*time.Second {
		t.Fatalf("%s %s after %v", e.Outcome, e.Reason, time.Since(begin))
	}
	if e.Facts["os"] != runtime.GOOS || e.Facts["arch"] != runtime.GOARCH || e.Facts["release"] == "" || e.Facts[report.UnreadFact] != "" {
		t.Errorf("facts %v", e.Facts)
	}
	if _, ok := e.Metric("machine.clock.offset.ms"); ok {
		t.Error("a clock compared with nobody's")
	}
	if err := e.WellFormed(); err != nil {
		t.Error(err)
	}
}

// told is a system that answers everything.
func told() system {
	s := hostile(4, 0.5, 8<<30, nil)
	s.release = func(context.Context) (release, error) { return release{id: "ubuntu", version: "24.04"}, nil }
	s.guest = func(context.Context) (string, error) { return "kvm", nil }
	s.remote = func(context.Context) (bool, error) { return true, nil }
	s.screen = func(context.Context) (int, int, error) { return 1920, 1080, nil }
	s.battery = func(context.Context) (bool, error) { return true, nil }
	s.saver = func(context.Context) (bool, error) { return false, nil }
	return s
}

func at(day string) func() (time.Time, time.Duration) {
	return func() (time.Time, time.Duration) {
		d, _ := time.Parse("2006-01-02", day)
		return d.Add(12 * time.Hour), 0
	}
}

func TestSystemFacts(t *testing.T) {
	for _, tt := range []struct{ now, supported string }{{"2029-05-31", "yes"}, {"2029-06-01", "no"}} {
		e, _ := checks.RunOne(t.Context(), &System{cfg: SystemConfig{Table: systems(t)}, system: told(), clocks: at(tt.now)}, nil)
		for fact, want := range map[string]string{
			"release": "ubuntu", "version": "24.04", "name": "Ubuntu 24.04", "supported": tt.supported, "supported.until": "2029-05-31",
			"virtual": "kvm", "remote": "yes", "power": "battery", "saver": "no", report.UnreadFact: "",
		} {
			if e.Facts[fact] != want {
				t.Errorf("%s = %q, want %q", fact, e.Facts[fact], want)
			}
		}
		want(t, e, map[string]string{"machine.screen.width.pixels": "count", "machine.screen.height.pixels": "count"})
	}
}

// What there is not is absent, and nobody is told that it could not be read.
func TestNothingToBeHad(t *testing.T) {
	s := told()
	s.guest = func(context.Context) (string, error) { return "", errNone }
	s.remote = func(context.Context) (bool, error) { return false, errNone }
	s.battery, s.saver = s.remote, s.remote
	s.screen = func(context.Context) (int, int, error) { return 0, 0, errNone }
	e, _ := checks.RunOne(t.Context(), &System{cfg: SystemConfig{Table: systems(t)}, system: s, clocks: ownClocks()}, nil)
	for _, fact := range []string{"virtual", "remote", "power", "saver", report.UnreadFact} {
		if v, ok := e.Facts[fact]; ok {
			t.Errorf("%s = %q", fact, v)
		}
	}
	want(t, e, nil)
}

func TestTable(t *testing.T) {
	table, err := ParseTable(systems(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		release    release
		now        string
		name, want string
	}{
		{release{"debian", "12", ""}, "2026-11-25", "Debian 12", "yes"},
		{release{"debian", "10", ""}, "2026-11-25", "Debian 10", "no"},
		{release{"debian", "1", ""}, "2026-11-25", "", ""},
		{release{"debian", "99", ""}, "2026-11-25", "", ""},
		{release{"rhel", "9.8", ""}, "2026-11-25", "Red Hat Enterprise Linux 9", "yes"},
		{release{"linuxmint", "22.3", ""}, "2026-11-25", "Linux Mint 22", "yes"},
		{release{"linuxmint", "20.3", ""}, "2026-11-25", "Linux Mint 20", "no"},
		{release{"arch", "", ""}, "2026-11-25", "Arch Linux", "yes"},
		{release{"arch", "", ""}, "2030-01-01", "Arch Linux", ""}, // the table is too old to say
		{release{"windows", "26200", "home"}, "2026-11-25", "Windows 11 25H2", "yes"},
		{release{"windows", "26100", "home"}, "2026-11-25", "Windows 11 24H2", "no"},
		{release{"windows", "26100", "enterprise"}, "2026-11-25", "Windows 11 24H2", "yes"},
		{release{"windows", "26100", "other"}, "2026-11-25", "", ""},
		{release{"windows", "19045", "home"}, "2026-11-25", "Windows 10 22H2", "no"},
		{release{"windows", "7601", "home"}, "2026-11-25", "Windows 7", "no"},
		{release{"macos", "14.8.9", ""}, "2026-11-25", "macOS 14", "yes"},
		{release{"macos", "14.8.9", ""}, "2028-01-01", "macOS 14", ""},
		{release{"macos", "13.7.8", ""}, "2026-11-25", "macOS 13", "no"},
		{release{"macos", "10.15.7", ""}, "2026-11-25", "macOS 10.15", "no"},
		{release{"beos", "5", ""}, "2026-11-25", "", ""},
	} {
		found, ok := table.find(tt.release)
		got := ""
		if ok {
			today, _ := at(tt.now)()
			got = found.supported(table.Date, today)
		}
		if found.Name != tt.name || got != tt.want {
			t.Errorf("%+v in %s: %q supported %q, want %q %q", tt.release, tt.now, found.Name, got, tt.name, tt.want)
		}
	}
	for _, s := range table.Systems {
		if source := table.Sources[s.System]; source == "" && (s.Version != "" || table.Sources["rolling"] == "") {
			t.Errorf("%s has no source", s.System)
		}
	}
	for _, bad := range []string{``, `{}`, `{"schema":"linecheck.systems/1","date":"soon","collected":"","sources":{},"systems":[]}`,
		`{"schema":"linecheck.systems/1","date":"2026-01-01","collected":"","sources":{},"systems":[{"system":"a","name":"b","ends":"2026-13-01"}]}`} {
		if _, err := ParseTable([]byte(bad)); err == nil {
			t.Errorf("%.60q is a table", bad)
		}
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(`{"schema":"linecheck.systems/1","date":"2026-01-01","collected":"","sources":{},"systems":[{"system":"a","name":"b","ends":"2026-12-01"}]}`), "a", "1")
	f.Fuzz(func(t *testing.T, text []byte, id, version string) {
		table, err := ParseTable(text)
		if err != nil {
			return
		}
		if s, ok := table.find(release{id: id, version: version}); ok {
			if got := s.supported(table.Date, time.Now()); got != "" && got != "yes" && got != "no" {
				t.Errorf("supported %q", got)
			}
		}
	})
}

func TestCompareClocks(t *testing.T) {
	const trip = 100 * time.Millisecond
	before := time.Now().Round(0)
	for _, ahead := range []time.Duration{0, 90 * time.Second, -time.Hour} {
		there := before.Add(trip/2 - ahead).UnixMilli()
		r, steady := compare(before, before.Add(trip), trip, there)
		if !steady || math.Abs(r.offset-float64(ahead.Milliseconds())) > 2 || r.trip != 100 {
			t.Errorf("%v ahead: %+v (%v)", ahead, r, steady)
		}
	}
	for _, set := range []time.Duration{3 * time.Second, -time.Minute} {
		if _, steady := compare(before, before.Add(trip+set), trip, before.UnixMilli()); steady {
			t.Errorf("a clock that was set by %v is steady", set)
		}
	}
}

// clockAt is a measuring session with a server whose clock is that far behind.
func clockAt(t *testing.T, behind time.Duration) func(context.Context) (*exchange.Session, error) {
	t.Helper()
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != exchange.SessionPath+"/token/clock" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		fmt.Fprintf(w, `{"clock_ms":%d}`, time.Now().Add(-behind).UnixMilli())
	}))
	t.Cleanup(srv.Close)
	c, err := exchange.NewClient(srv.URL, exchange.PinOf(srv.Certificate()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return func(context.Context) (*exchange.Session, error) {
		return &exchange.Session{Client: c, Grant: exchange.Grant{Token: "token"}}, nil
	}
}

func TestClockOffset(t *testing.T) {
	for _, behind := range []time.Duration{0, 90 * time.Second, -2 * time.Hour} {
		e, _ := checks.RunOne(t.Context(), &System{cfg: SystemConfig{Table: systems(t), Far: clockAt(t, behind)}, system: told(), clocks: ownClocks()}, nil)
		offset, ok := e.Metric("machine.clock.offset.ms")
		if off, ok := e.Metric("machine.clock.error.ms"); !ok || math.Abs(float64(off.Value)) != math.Abs(float64(offset.Value)) {
			t.Errorf("off by %v, ahead by %v", off.Value, offset.Value)
		}
		within, ok2 := e.Metric("machine.clock.uncertainty.ms")
		if !ok || !ok2 || offset.Samples != clockAsks || math.Abs(float64(offset.Value)-float64(behind.Milliseconds())) > float64(within.Value)+2 {
			t.Errorf("%v ahead is %v ms (%v), within %v", behind, offset.Value, ok, within.Value)
		}
	}
	// Somebody sets the clock between two looks at it.
	s := &System{cfg: SystemConfig{Table: systems(t), Far: clockAt(t, 0)}, system: told()}
	looks := 0
	own := ownClocks()
	s.clocks = func() (time.Time, time.Duration) {
		looks++
		wall, running := own()
		return wall.Add(time.Duration(looks) * time.Hour), running
	}
	e, _ := checks.RunOne(t.Context(), s, nil)
	if _, ok := e.Metric("machine.clock.offset.ms"); ok {
		t.Errorf("an offset by a clock that was set meanwhile: %v", e.Metrics)
	}
}

// The recruiter's server away is for the checks of the line to tell.
func TestClockWithoutAServer(t *testing.T) {
	far := func(context.Context) (*exchange.Session, error) { return nil, errors.New("away") }
	e, _ := checks.RunOne(t.Context(), &System{cfg: SystemConfig{Table: systems(t), Far: far}, system: told(), clocks: ownClocks()}, nil)
	if _, ok := e.Metric("machine.clock.offset.ms"); ok || e.Outcome != report.Measured || e.Facts[report.UnreadFact] != "" {
		t.Errorf("%s %s %v", e.Outcome, e.Reason, e.Facts)
	}
}
