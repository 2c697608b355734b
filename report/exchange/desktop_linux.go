package exchange

import (
	"context"
	"net/url"
	"os"
	"time"

	"github.com/godbus/dbus/v5"
)

// busPatience is how long the desktop may take to name a proxy.
const busPatience = 500 * time.Millisecond

// desktop is the proxy for an address that the desktop's settings name (GNOME,
// KDE and others, through their portal, which runs scripts that choose one too);
// nil where they name none, and where there is no desktop.
func desktop(u *url.URL) *url.URL {
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		return nil // without one the library would start a bus
	}
	ctx, cancel := context.WithTimeout(context.Background(), busPatience)
	defer cancel()
	bus, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return nil
	}
	defer func() { _ = bus.Close() }()
	var found []string
	err = bus.Object("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop").
		CallWithContext(ctx, "org.freedesktop.portal.ProxyResolver.Lookup", 0, u.String()).Store(&found)
	if err != nil || len(found) == 0 {
		return nil
	}
	p, err := url.Parse(found[0])
	if err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https" && p.Scheme != "socks5" {
		return nil // "direct://", and what the transport does not speak
	}
	return p
}
