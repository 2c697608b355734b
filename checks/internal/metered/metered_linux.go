package metered

import (
	"context"
	"time"

	"linecheck/checks/internal/bus"
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
	is, err := bus.Property(ctx, service, "/org/freedesktop/NetworkManager", service, "Metered")
	n, ok := is.(uint32)
	return err == nil && ok && (n == yes || n == guessYes)
}
