package bustest

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// The environment variables by which programs find the two buses.
const (
	System  = "DBUS_SYSTEM_BUS_ADDRESS"
	Desktop = "DBUS_SESSION_BUS_ADDRESS"
)

// Start starts an empty bus in the place of [System] or [Desktop]. It ends with the test.
func Start(t *testing.T, place string) {
	t.Helper()
	daemon, err := exec.LookPath("dbus-daemon")
	if err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	cmd := exec.Command(daemon, "--session", "--nofork", "--print-address")
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
	t.Setenv(place, strings.TrimSpace(address))
}

// Serve puts a service on the bus that [Start] started in the system's place, with one property.
func Serve(t *testing.T, service, object, owner, property string, value any) {
	t.Helper()
	conn, err := dbus.ConnectSystemBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if _, err := prop.Export(conn, dbus.ObjectPath(object), prop.Map{owner: {property: {Value: value}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(service, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}
