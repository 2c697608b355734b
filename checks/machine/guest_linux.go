package machine

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"

	"github.com/shirou/gopsutil/v3/host"

	"linecheck/checks/internal/bus"
	"linecheck/checks/internal/load"
)

// guest is what this system runs in. The library knows containers and most
// hypervisors by their traces; the processor tells of the others.
func guest(ctx context.Context) (string, error) {
	if err := load.Plain(traces()...); err != nil {
		return "", err
	}
	name, role, err := host.VirtualizationWithContext(ctx)
	switch {
	case err != nil:
		return "", err
	case role == "guest" && name != "":
		return name, nil
	case hypervisor() != "":
		return hypervisorName(hypervisor()), nil
	case runtime.GOARCH == "amd64" || runtime.GOARCH == "386":
		return "no", nil // there a guest can tell
	}
	return "", errNone
}

// hypervisorName is the usual name for what a hypervisor calls itself.
func hypervisorName(vendor string) string {
	known := map[string]string{
		"KVMKVMKVM": "kvm", "Microsoft Hv": "hyper-v", "VMwareVMware": "vmware", "XenVMMXenVMM": "xen", "VBoxVBoxVBox": "virtualbox",
		"TCGTCGTCGTCG": "qemu", "prl hyperv": "parallels", " lrpepyh vr": "parallels", "bhyve bhyve ": "bhyve",
	}
	if name, ok := known[strings.TrimRight(vendor, "\x00")]; ok {
		return name
	}
	return "yes"
}

// remote is whether the person sits elsewhere: the session's own environment
// tells, or else the login service.
func remote(ctx context.Context) (bool, error) {
	if farAway(os.Getenv) {
		return true, nil
	}
	return loginIsRemote(ctx)
}

// farAway says whether the environment is one of a remote session: of ssh,
// of xrdp, or with its windows on another computer (X11 over a network).
func farAway(env func(string) string) bool {
	host, _, ok := strings.Cut(env("DISPLAY"), ":")
	return env("SSH_CONNECTION") != "" || env("XRDP_SESSION") != "" || ok && host != "" && host != "unix"
}

// loginIsRemote asks systemd-logind about this program's session.
func loginIsRemote(ctx context.Context) (bool, error) {
	v, err := property(ctx, "org.freedesktop.login1", "/org/freedesktop/login1/session/auto", "org.freedesktop.login1.Session", "Remote")
	if err != nil {
		return false, err
	}
	yes, ok := v.(bool)
	if !ok {
		return false, errNone
	}
	return yes, nil
}

// property asks a service of the system; one that is not there is none.
func property(ctx context.Context, service, object, owner, name string) (any, error) {
	v, err := bus.Property(ctx, service, object, owner, name)
	if errors.Is(err, bus.ErrNone) {
		err = errNone
	}
	return v, err
}
