package internet

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"

	"linecheck/checks/internal/metered"
)

// manager puts a bus of its own in the system's place, on which a network
// manager says that about the connection.
func manager(t *testing.T, says uint32) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "bus.conf")
	text := fmt.Sprintf(`<busconfig><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth><policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>`, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(daemon, "--config-file="+conf, "--nofork", "--print-address")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", strings.TrimSpace(address))
	if says == 0 {
		return // a bus without a network manager
	}
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close() })
	const name = "org.freedesktop.NetworkManager"
	if _, err := prop.Export(bus, "/org/freedesktop/NetworkManager", prop.Map{name: {"Metered": {Value: says}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

func TestMetered(t *testing.T) {
	for says, want := range map[uint32]int64{0: DefaultMaxBytes, 1: MeteredMaxBytes, 2: DefaultMaxBytes, 3: MeteredMaxBytes, 4: DefaultMaxBytes} {
		t.Run(fmt.Sprint(says), func(t *testing.T) {
			manager(t, says)
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
