package virtual

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// longestDir leaves room for the socket's name: Linux bounds the path of a Unix socket to 107 bytes.
	longestDir = 90
	patience   = 10 * time.Second
	defaultDB  = -20
)

// Server is a running set of virtual cards. Make it with [Start]; end it with
// [Server.Close]. Its methods may be called from any goroutine.
type Server struct {
	dir     string
	options Options
	server  *child

	mu      sync.Mutex
	plugged []Card
	players []*Player
	closed  bool
}

// Start starts a sound server with its cards in dir, which must be empty or not there
// (and not long: 90 bytes at most); an empty name takes a temporary folder. It returns
// [ErrUnavailable] where it cannot be had. The server dies with this process.
func Start(ctx context.Context, dir string, o Options) (*Server, error) {
	for _, program := range []string{"pulseaudio", "pactl", "pacat"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
	}
	if o.Cards == nil {
		o.Cards = Cards()
	}
	if o.EchoDB == 0 {
		o.EchoDB = defaultDB
	}
	if o.Patience == 0 {
		o.Patience = patience
	}
	dir, err := folder(dir)
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, options: o, plugged: slices.Clone(o.Cards)}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// folder makes the server's folder and returns its full path.
func folder(dir string) (string, error) {
	if dir == "" {
		return os.MkdirTemp("", "cards")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if len(dir) > longestDir {
		return "", fmt.Errorf("%s: too long for a socket's path", dir)
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return "", fmt.Errorf("%s is not empty", dir)
	}
	return dir, os.MkdirAll(dir, 0o700)
}

func (s *Server) start(ctx context.Context) error {
	if err := s.files(); err != nil {
		return err
	}
	log, err := os.Create(s.path("pulse.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command("pulseaudio", "-n", "-F", s.path("default.pa"), "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
		"--disable-shm=yes", "--realtime=no", "--high-priority=no", "--log-target=stderr")
	cmd.Env = append(s.base(), "PULSE_CONFIG="+s.path("daemon.conf"))
	cmd.Stdout, cmd.Stderr = log, log
	if s.server, err = spawn(cmd); err != nil {
		return err
	}
	if err := s.up(ctx); err != nil {
		said, _ := os.ReadFile(s.path("pulse.log"))
		return fmt.Errorf("the sound server did not come up: %w\n%s", err, said)
	}
	if s.options.RoomTone == 0 {
		return nil
	}
	for _, c := range s.options.Cards {
		if _, err := s.Noise(c, s.options.RoomTone); err != nil {
			return err
		}
	}
	return nil
}

// files writes everything that the server and its clients read.
func (s *Server) files() error {
	for _, d := range []string{"home", "run"} {
		if err := os.MkdirAll(s.path(d), 0o700); err != nil {
			return err
		}
	}
	texts := map[string]string{
		"default.pa": script(s.dir, s.options.Cards, s.options.EchoDB),
		// Streams of a card that is taken away must fail, not move silently to another card.
		"daemon.conf": "rescue-streams = no\n",
		"client.conf": "autospawn = no\nenable-shm = no\ncookie-file = " + s.path("cookie") + "\n",
		"room.wav":    string(EncodeWAV(room(), 48000, 2)),
	}
	for name, text := range texts {
		if err := os.WriteFile(s.path(name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	return s.writeViews()
}

func (s *Server) writeViews() error {
	for view, text := range views(s.plugged) {
		name := s.path("asound." + string(view) + ".conf")
		if err := os.WriteFile(name+".new", []byte(text), 0o600); err != nil {
			return err
		}
		if err := os.Rename(name+".new", name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) path(name string) string { return filepath.Join(s.dir, name) }

// base is the environment of the server and its tools: nothing of this process's own sound set-up.
func (s *Server) base() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "HOME=" + s.path("home"), "XDG_RUNTIME_DIR=" + s.path("run"), "XDG_CONFIG_HOME=" + s.path("home"),
		"PULSE_RUNTIME_PATH=" + s.path("run"), "PULSE_STATE_PATH=" + s.path("home"),
	}
}

func (s *Server) client() []string {
	return []string{"PULSE_SERVER=unix:" + s.path("native"), "PULSE_CLIENTCONFIG=" + s.path("client.conf"), "PULSE_COOKIE=" + s.path("cookie")}
}

// Env is what to add to a program's environment so that it sees the cards of that view and no others.
func (s *Server) Env(v View) []string {
	return append(s.client(), "ALSA_CONFIG_PATH="+s.path("asound."+string(v)+".conf"), "JACK_NO_START_SERVER=1", "JACK_NO_AUDIO_RESERVATION=1")
}

// PID is the process id of the sound server.
func (s *Server) PID() int { return s.server.pid }

// up waits until the server answers.
func (s *Server) up(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.Patience)
	defer cancel()
	for {
		err := s.ctl("info")
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-s.server.exited:
			return errors.New("it ended")
		case <-time.After(30 * time.Millisecond):
		}
	}
}

func (s *Server) ctl(args ...string) error {
	_, err := s.ask(args...)
	return err
}

// ask runs pactl, which a frozen server would keep for ever.
func (s *Server) ask(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "pactl", args...)
	cmd.Env = append(s.base(), s.client()...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("pactl %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(complaint.Bytes()))
	}
	return out.String(), nil
}

// Close ends the server and every sound, and removes the folder. It may be called twice.
func (s *Server) Close() error {
	s.mu.Lock()
	players := s.players
	again := s.closed
	s.players, s.closed = nil, true
	s.mu.Unlock()
	if again {
		return nil
	}
	for _, p := range players {
		p.Stop()
	}
	if s.server != nil {
		s.server.kill()
	}
	return os.RemoveAll(s.dir)
}

// Freeze stops the whole sound server in its tracks (SIGSTOP), or lets it go on.
func (s *Server) Freeze(on bool) error {
	if on {
		return syscall.Kill(s.PID(), syscall.SIGSTOP)
	}
	return syscall.Kill(s.PID(), syscall.SIGCONT)
}
