package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/plumbing/transport/ssh"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"docent/guard"
)

// remote is a repository on a server.
type remote struct {
	address string
	limit   int64
	session transport.UploadPackSession
	refs    *packp.AdvRefs
	store   *filesystem.Storage
}

// gitPatience is how many times a page's timeout a pack may take.
const gitPatience = 20

func dialRepository(ctx context.Context, src Source, address string, cfg Config) (*remote, error) {
	at, err := transport.NewEndpoint(address)
	if err != nil {
		return nil, failed("write it like https://host/group/project.git or git@host:group/project.git", nil, "%s is no address of a repository", bare(address))
	}
	over, auth, err := carrier(ctx, src, at, cfg)
	if err != nil {
		return nil, err
	}
	r := &remote{address: address, limit: cfg.Limits.PackBytes}
	if r.session, err = over.NewUploadPackSession(at, auth); err == nil {
		r.refs, err = r.session.AdvertisedReferencesContext(ctx)
	}
	if err != nil {
		return nil, errors.Join(explained(address, err), r.close())
	}
	return r, nil
}

// carrier gives what speaks to the server, and who asks.
func carrier(ctx context.Context, src Source, at *transport.Endpoint, cfg Config) (transport.Transport, transport.AuthMethod, error) {
	switch at.Protocol {
	case "https", "http":
		if at.Password != "" {
			return nil, nil, failed("write the secret into the source's token", nil, "%s has a password in its address", bare(src.Git))
		}
		if src.Token != "" && at.Protocol == "http" && !loopback(at.Host) {
			return nil, nil, failed("use https", nil, "%s would get the token unencrypted", bare(src.Git))
		}
		client := guard.NewClient(guard.Config{AllowPrivate: src.AllowPrivate, Timeout: gitPatience * cfg.Limits.Timeout})
		if src.Token == "" {
			return githttp.NewClient(client), nil, nil
		}
		auth := &githttp.BasicAuth{Username: tokenUser(at), Password: src.Token}
		at.User = ""
		return githttp.NewClient(client), auth, nil
	case "ssh":
		if err := publicHost(ctx, src, at.Host); err != nil {
			return nil, nil, err
		}
		user := at.User
		if user == "" {
			user = "git"
		}
		auth, err := ssh.NewSSHAgentAuth(user)
		if err != nil {
			return nil, nil, failed("start ssh-agent and add the key to it, or use https with a token", err, "%s needs an SSH agent", bare(src.Git))
		}
		return ssh.DefaultClient, auth, nil
	}
	return nil, nil, failed("use https or ssh", nil, "%s: repositories are not fetched by %q", bare(src.Git), at.Protocol)
}

// tokenUser is the name that servers want beside a token: most take any.
func tokenUser(at *transport.Endpoint) string {
	switch {
	case at.User != "":
		return at.User
	case strings.EqualFold(at.Host, "bitbucket.org"):
		return "x-token-auth"
	}
	return "x-access-token"
}

func loopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// publicHost checks where an SSH server is. It is looked up again when it is
// connected to; who changes the name between can't show the server's key.
func publicHost(ctx context.Context, src Source, host string) error {
	if src.AllowPrivate {
		return nil
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return explained(src.Git, err)
	}
	for _, a := range addresses {
		if !guard.Public(a) {
			return explained(src.Git, fmt.Errorf("%s: %w", host, guard.ErrForbidden))
		}
	}
	return nil
}

// privateHint is for addresses that guard refuses.
const privateHint = "if you trust it, set allow_private: true on the source"

func forbidden(err error) bool { return errors.Is(err, guard.ErrForbidden) }

// resolve implements repository. A commit that no ref leads to directly is
// taken at its word: whether the server has it shows when it is asked for.
func (r *remote) resolve(ref string) (plumbing.Hash, error) {
	if ref == "" && r.refs.Head != nil {
		return *r.refs.Head, nil
	}
	for _, name := range refNames(ref) {
		if hash, known := r.refs.References[string(name)]; known {
			if peeled, tag := r.refs.Peeled[string(name)]; tag {
				return peeled, nil
			}
			return hash, nil
		}
	}
	if hash, is := wholeHash(ref); is {
		return hash, nil
	}
	return plumbing.ZeroHash, noRef(r.address, ref)
}

// wanted gives what to ask the server for: what it advertises, where it does,
// and else the commit itself where the server gives any. nil is neither.
func (r *remote) wanted(at plumbing.Hash) []plumbing.Hash {
	for name, hash := range r.refs.References {
		if hash == at || r.refs.Peeled[name] == at {
			return []plumbing.Hash{hash}
		}
	}
	c := r.refs.Capabilities
	if r.refs.Head != nil && *r.refs.Head == at || c.Supports(capability.AllowReachableSHA1InWant) {
		return []plumbing.Hash{at}
	}
	return nil
}

// everything is all branches and tags.
func (r *remote) everything() []plumbing.Hash {
	var all []plumbing.Hash
	for _, hash := range r.refs.References {
		all = append(all, hash)
	}
	return all
}

// objects implements repository: the one commit without its history, where the
// server can do that.
func (r *remote) objects(ctx context.Context, ref string, at plumbing.Hash, scratch string) (storer.EncodedObjectStorer, plumbing.Hash, error) {
	r.store = filesystem.NewStorage(osfs.New(scratch), cache.NewObjectLRUDefault())
	wants := r.wanted(at)
	shallow := wants != nil && r.refs.Capabilities.Supports(capability.Shallow)
	if wants == nil {
		wants = r.everything()
	}
	if err := r.download(ctx, wants, shallow); err != nil {
		return nil, at, explained(r.address, err)
	}
	commit, err := peel(r.store, at)
	if err != nil {
		return nil, at, noRef(r.address, ref)
	}
	return r.store, commit, nil
}

// download asks for a pack and stores its objects.
func (r *remote) download(ctx context.Context, wants []plumbing.Hash, shallow bool) (err error) {
	ask := packp.NewUploadPackRequestFromCapabilities(r.refs.Capabilities)
	ask.Wants = wants
	if shallow {
		ask.Depth = packp.DepthCommits(1)
		if err := ask.Capabilities.Set(capability.Shallow); err != nil {
			return err
		}
	}
	answer, err := r.session.UploadPack(ctx, ask)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, answer.Close()) }()
	var pack io.Reader = &bounded{from: answer, left: r.limit}
	switch {
	case ask.Capabilities.Supports(capability.Sideband64k):
		pack = sideband.NewDemuxer(sideband.Sideband64k, pack)
	case ask.Capabilities.Supports(capability.Sideband):
		pack = sideband.NewDemuxer(sideband.Sideband, pack)
	}
	return packfile.UpdateObjectStorage(r.store, pack)
}

func (r *remote) close() error {
	var errs []error
	if r.store != nil {
		errs = append(errs, r.store.Close())
	}
	if r.session != nil {
		errs = append(errs, r.session.Close())
	}
	return errors.Join(errs...)
}

// bounded is a reader that fails where more comes than may.
type bounded struct {
	from io.Reader
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n, errors.New("more came than is allowed")
	}
	return n, err
}
