package internet

import (
	"fmt"
	"path/filepath"
	"testing"

	"linecheck/checks/internal/metered"
	"linecheck/report/exchange/bustest"
)

func TestMetered(t *testing.T) {
	for says, want := range map[uint32]int64{0: DefaultMaxBytes, 1: MeteredMaxBytes, 2: DefaultMaxBytes, 3: MeteredMaxBytes, 4: DefaultMaxBytes} {
		t.Run(fmt.Sprint(says), func(t *testing.T) {
			bustest.Start(t, bustest.System)
			if says > 0 { // else a bus without a network manager
				const name = "org.freedesktop.NetworkManager"
				bustest.Serve(t, name, "/org/freedesktop/NetworkManager", name, "Metered", says)
			}
			if got := New(Config{}).Spec().MaxBytes; got != want {
				t.Errorf("at most %d bytes, want %d", got, want)
			}
			if got := New(Config{MaxBytes: 5_000_000}).Spec().MaxBytes; got != 5_000_000 {
				t.Errorf("at most %d bytes, where 5 MB were asked for", got)
			}
		})
	}
}

// Nobody there to ask is an answer too.
func TestMeteredWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if metered.Is() {
		t.Error("metered, says nobody")
	}
}
