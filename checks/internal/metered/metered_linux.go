package metered

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"
)

// busPatience is how long the system may take to say whether the connection is metered.
const busPatience = 300 * time.Millisecond

// Is says whether what the connection in use moves is counted and may cost,
// as NetworkManager knows or guesses it (a phone as hotspot, mobile broadband);
// false where nobody tells.
func Is() bool {
	const service, yes, guessYes = "org.freedesktop.NetworkManager", 1, 3
	ctx, cancel := context.WithTimeout(context.Background(), busPatience)
	defer cancel()
	bus, err := dbus.ConnectSystemBus(dbus.WithContext(ctx))
	if err != nil {
		return false
	}
	defer bus.Close()
	var is dbus.Variant
	call := bus.Object(service, "/org/freedesktop/NetworkManager").
		CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", dbus.FlagNoAutoStart, service, "Metered")
	if call.Store(&is) != nil {
		return false
	}
	n, ok := is.Value().(uint32)
	return ok && (n == yes || n == guessYes)
}
