//go:build linux

package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"linecheck/assets"
	"linecheck/checks/audio/virtual"
	"linecheck/checks/testnet"
)

// The names and addresses of the world.
const (
	serverName  = "jobs.example"
	server      = testnet.FarAddr
	second      = "10.199.0.3"
	resolver    = "10.199.0.53"
	page        = "10.199.0.80"
	portalAddr  = "192.168.7.1"
	pcAddr      = "192.168.7.2"
	server6     = "fd00:199::2"
	pc6         = "fd00:7::2"
	portalAddr6 = "fd00:7::1"
)

// world is an applicant's computer behind a home router, a line, and the recruiter's
// server at its far end, with a resolver and a page of the open internet beside it.
type world struct {
	ctx      context.Context
	bin, dir string
	self     string
	pc       string // the applicant's namespace
	line     *testnet.Lab
	sound    *virtual.Server
	serving  *exec.Cmd
	others   []*exec.Cmd // resolver and page of the open internet
	invites  int
	// env is what the applicant's programs get beside; home is where they keep things.
	env  []string
	view virtual.View
	home string
	// wrap goes before the applicant's program in place of what enters the namespace, as
	// to put it into a control group.
	wrap []string
}

// goodLine is what a home has that has no trouble.
func goodLine() testnet.Line {
	return testnet.Symmetric(60, 30, 24*time.Millisecond, 0, 60*time.Millisecond)
}

func newWorld(ctx context.Context, bin string) (w *world, err error) {
	w = &world{ctx: ctx, bin: bin, pc: "lcp" + strconv.Itoa(os.Getpid()), view: virtual.View(virtual.Headset)}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	if w.self, err = os.Executable(); err != nil {
		return w, err
	}
	if w.dir, err = os.MkdirTemp("", "faults"); err != nil {
		return w, err
	}
	if w.line, err = testnet.Start(goodLine(), 1); err != nil {
		return w, err
	}
	if err := w.wire(); err != nil {
		return w, fmt.Errorf("%w: %w", testnet.ErrUnavailable, err)
	}
	if w.sound, err = virtual.Start(ctx, "", virtual.Options{RoomTone: -70}); err != nil {
		return w, err
	}
	if out, err := exec.Command(w.program("linecheck-recruiter"), "keygen", "--out", w.path("keys"), "--name", "Example").CombinedOutput(); err != nil {
		return w, fmt.Errorf("%w: %s", err, out)
	}
	for _, args := range [][]string{{"dns", resolver, "normal"}, {"page", page}} {
		cmd, err := w.fake(w.line.Far, args...)
		if err != nil {
			return w, err
		}
		w.others = append(w.others, cmd)
	}
	if err := w.policy(); err != nil {
		return w, err
	}
	return w, w.serve()
}

// policy is the built-in one for customer service, but content with two cores.
func (w *world) policy() error {
	text, err := assets.Policy("customer-service")
	if err != nil {
		return err
	}
	const asked = `{"minimum": 2, "recommended": 4}`
	if strings.Count(string(text), asked) != 1 {
		return errors.New("the built-in policy asks for other cores than this bench thinks")
	}
	return os.WriteFile(w.path("policy.json"), []byte(strings.Replace(string(text), asked, `{"minimum": 2}`, 1)), 0o600)
}

func (w *world) path(name ...string) string {
	return filepath.Join(append([]string{w.dir}, name...)...)
}

func (w *world) program(name string) string { return filepath.Join(w.bin, name) }

// wire makes the applicant's namespace and the home network between it and the line.
func (w *world) wire() error {
	steps := []string{
		"ip netns add " + w.pc,
		"ip -n " + w.pc + " link set lo up",
	}
	for _, s := range steps {
		if err := sh(exec.Command("sh", "-c", s)); err != nil {
			return err
		}
	}
	far := `dev=$(ls /sys/class/net | grep ^lc)
for a in ` + second + " " + resolver + " " + page + `; do ip addr add $a/24 dev $dev; done
ip addr add ` + server6 + `/64 dev $dev nodad; ip -6 route add default dev $dev`
	home := `dev=$(ls /sys/class/net | grep ^lc)
ip link add h0 type veth peer name e0 netns ` + w.pc + `
ip addr add ` + portalAddr + `/24 dev h0; ip link set h0 up
echo 1 >/proc/sys/net/ipv4/ip_forward
nft 'add table ip home; add chain ip home out { type nat hook postrouting priority 100; }; add rule ip home out oifname "lc*" masquerade'`
	if err := sh(w.line.Far("sh", "-ec", far)); err != nil {
		return err
	}
	if err := sh(w.line.Near("sh", "-ec", home)); err != nil {
		return err
	}
	if err := w.plug(); err != nil {
		return err
	}
	return w.resolver(resolver)
}

// resolver sets the applicant's resolver.
func (w *world) resolver(at string) error {
	dir := filepath.Join("/etc/netns", w.pc)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "resolv.conf"), []byte("nameserver "+at+"\noptions timeout:1 attempts:2\n"), 0o644)
}

// plug connects the applicant's computer to the home network.
func (w *world) plug() error {
	return sh(w.near("sh", "-ec", "ip addr add "+pcAddr+"/24 dev e0; ip link set e0 up; ip route add default via "+portalAddr))
}

// near is a command at the applicant's computer.
func (w *world) near(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", w.pc, name}, args...)...)
}

func sh(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}

// nft puts rules into a table of their own at an end; the returned function takes it away.
func nft(end func(string, ...string) *exec.Cmd, rules string) (undo func(), err error) {
	name := "f" + strings.ToLower(rand.Text())
	cmd := end("nft", "-f", "-")
	cmd.Stdin = strings.NewReader("table inet " + name + " {\n" + rules + "\n}\n")
	if err := sh(cmd); err != nil {
		return nil, err
	}
	return func() { _ = sh(end("nft", "delete", "table", "inet", name)) }, nil
}

// fake starts a far end of ours and waits until it says that it is ready.
func (w *world) fake(end func(string, ...string) *exec.Cmd, args ...string) (*exec.Cmd, error) {
	return begin(end(w.self, append([]string{"fake"}, args...)...))
}

// serve starts the recruiter's server, with more arguments.
func (w *world) serve(more ...string) (err error) {
	args := append([]string{"serve", "--keys", w.path("keys"), "--data", w.path("data"), "--listen", ":443", "--calls", server + ":3478", "--public-url", "https://" + serverName}, more...)
	w.serving, err = begin(w.line.Far(w.program("linecheck-recruiter"), args...))
	return err
}

// begin starts a command and waits for its first line.
func begin(cmd *exec.Cmd) (*exec.Cmd, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := bufio.NewReader(out)
	if _, err := r.ReadString('\n'); err != nil {
		_ = cmd.Wait()
		return nil, fmt.Errorf("%s did not start: %s", strings.Join(cmd.Args, " "), said.String())
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return cmd, nil
}

func end(cmd *exec.Cmd) {
	if cmd != nil && cmd.Process != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// invite makes a fresh one, so that no two diagnoses share its runs.
func (w *world) invite() (string, error) {
	w.invites++
	name := w.path("invite" + strconv.Itoa(w.invites))
	args := []string{"invite", "--keys", w.path("keys"), "--applicant", "a", "--role", "r", "--region", "EU", "--probe", "https://" + serverName, "--runs", "9", "--policy", w.path("policy.json"), "--out", name, "--probe-pin"}
	pin, err := w.pin()
	if err != nil {
		return "", err
	}
	return name, sh(exec.Command(w.program("linecheck-recruiter"), append(args, pin)...))
}

func (w *world) close() {
	if w.sound != nil {
		_ = w.sound.Close()
	}
	end(w.serving)
	for _, c := range w.others {
		end(c)
	}
	if w.pc != "" {
		_ = exec.Command("ip", "netns", "delete", w.pc).Run()
		_ = os.RemoveAll(filepath.Join("/etc/netns", w.pc))
	}
	if w.line != nil {
		_ = w.line.Close()
	}
	if w.dir != "" {
		_ = os.RemoveAll(w.dir)
	}
}

var errNoPin = errors.New("the server's certificate could not be read")
