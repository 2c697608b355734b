package testnet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// ErrUnavailable: an emulated line cannot be had on this machine.
var ErrUnavailable = errors.New("an emulated line needs Linux, root, /dev/net/tun and the program ip (Debian package: iproute2)")

// The addresses of the two ends.
const (
	NearAddr = "10.199.0.1"
	FarAddr  = "10.199.0.2"
)

// Lab is a line between two network namespaces, the applicant's (near) and the
// recruiter's (far). Make it with [Start], end it with [Lab.Close].
type Lab struct {
	near, far string // names of the namespaces
	cable     *cable
}

// Counts says what became of the packets of one direction.
type Counts struct {
	Passed, Dropped, Lost int
	// Bytes are those of all packets that were offered, IP headers counted.
	Bytes int64
}

// Start makes the namespaces, connects them by the line, and sets what desktops
// have: cubic congestion control, nothing remembered of earlier connections. It
// returns [ErrUnavailable] where that cannot be had.
func Start(l Line, seed uint64) (lab *Lab, err error) {
	if os.Getuid() != 0 {
		return nil, ErrUnavailable
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, ErrUnavailable
	}
	if err := allow("cubic"); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	tag := fmt.Sprintf("%08x", rand.Uint32()) // a process may have several; an interface's name has at most 15 characters
	lab = &Lab{near: "lcn" + tag, far: "lcf" + tag}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("%w: %w", ErrUnavailable, err), lab.Close())
		}
	}()
	a, err := lab.end(lab.near, NearAddr)
	if err != nil {
		return lab, err
	}
	b, err := lab.end(lab.far, FarAddr)
	if err != nil {
		return lab, err
	}
	lab.cable, err = plug(a, b, l, seed)
	return lab, err
}

// end makes one namespace with its interface of the same name, and returns the other side of the interface.
func (l *Lab) end(ns, addr string) (int, error) {
	fd, err := TUN(ns)
	if err != nil {
		return -1, err
	}
	for _, args := range []string{
		"netns add " + ns,
		"link set " + ns + " netns " + ns,
		"-n " + ns + " link set lo up",
		"-n " + ns + " addr add " + addr + "/24 dev " + ns,
		"-n " + ns + " link set " + ns + " up mtu 1500 txqueuelen 10000",
		"-n " + ns + " route add default dev " + ns,
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			return fd, fmt.Errorf("ip %s: %w: %s", args, err, out)
		}
	}
	// Refusals are not rationed: what one test was refused would count for the next.
	const settings = `cd /proc/sys/net && echo cubic >ipv4/tcp_congestion_control && echo 1 >ipv4/tcp_no_metrics_save && echo 0 >ipv4/icmp_ratelimit`
	if out, err := within(ns, "sh", []string{"-c", settings}).CombinedOutput(); err != nil {
		return fd, fmt.Errorf("settings of the namespace: %w: %s", err, out)
	}
	return fd, nil
}

// Set changes the line from now on.
func (l *Lab) Set(line Line) {
	l.cable.up.set(line.Up)
	l.cable.down.set(line.Down)
}

// Counts says what became of the packets so far.
func (l *Lab) Counts() (down, up Counts) { return l.cable.down.counts(), l.cable.up.counts() }

// Near is a command that runs at the applicant's end.
func (l *Lab) Near(name string, args ...string) *exec.Cmd { return within(l.near, name, args) }

// Far is a command that runs at the recruiter's end.
func (l *Lab) Far(name string, args ...string) *exec.Cmd { return within(l.far, name, args) }

func within(ns, name string, args []string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", ns, name}, args...)...)
}

// Close takes everything away. Programs that still run at an end lose their network.
func (l *Lab) Close() error {
	if l.cable != nil {
		l.cable.close()
	}
	var all error
	for _, ns := range []string{l.near, l.far} {
		if _, err := os.Stat(filepath.Join("/run/netns", ns)); err == nil {
			all = errors.Join(all, exec.Command("ip", "netns", "delete", ns).Run())
		}
	}
	return all
}

// allow lets namespaces choose a congestion control that the kernel has.
func allow(name string) error {
	const file = "/proc/sys/net/ipv4/tcp_allowed_congestion_control"
	now, err := os.ReadFile(file)
	if err != nil || strings.Contains(" "+strings.TrimSpace(string(now))+" ", " "+name+" ") {
		return err
	}
	return os.WriteFile(file, []byte(strings.TrimSpace(string(now))+" "+name), 0o644)
}
