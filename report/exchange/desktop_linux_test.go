package exchange

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"linecheck/report/exchange/bustest"
)

// portal stands in for the desktop's: it names a proxy by host, and counts how often it was asked.
type portal struct {
	mu    sync.Mutex
	asked []string
}

// taken are the questions since it was asked for them last.
func (p *portal) taken() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := p.asked
	p.asked = nil
	return asked
}

func (p *portal) Lookup(uri string) ([]string, *dbus.Error) {
	p.mu.Lock()
	p.asked = append(p.asked, uri)
	p.mu.Unlock()
	switch {
	case strings.Contains(uri, "direct.example"):
		return []string{"direct://"}, nil
	case strings.Contains(uri, "socks4.example"):
		return []string{"socks4://old.example:1080"}, nil
	case strings.Contains(uri, "none.example"):
		return nil, nil
	}
	return []string{"http://desk.example:3128", "direct://"}, nil
}

func TestDesktopProxy(t *testing.T) {
	bustest.Start(t, bustest.Desktop)
	ask := func(host string) string {
		if p := desktop(&url.URL{Scheme: "https", Host: host, Path: "/"}); p != nil {
			return p.String()
		}
		return ""
	}
	if got := ask("probe.example"); got != "" {
		t.Errorf("a desktop without a portal: %q", got)
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()
	p := &portal{}
	if err := bus.Export(p, "/org/freedesktop/portal/desktop", "org.freedesktop.portal.ProxyResolver"); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName("org.freedesktop.portal.Desktop", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]string{"probe.example:8443": "http://desk.example:3128", "direct.example": "", "socks4.example": "", "none.example": ""} {
		if got := ask(host); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	p.taken()
	of := remembered(desktop)
	for _, path := range []string{"/upload?size=5", "/download"} {
		of(&url.URL{Scheme: "https", Host: "probe.example", Path: path})
	}
	if asked := p.taken(); len(asked) != 1 || asked[0] != "https://probe.example/" {
		t.Errorf("asked for %v", asked)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	if got := ask("probe.example"); got != "" {
		t.Errorf("no desktop at all: %q", got)
	}
}
