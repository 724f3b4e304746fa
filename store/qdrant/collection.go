package qdrant

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"docent"
)

// The collection's metadata under aboutKey says that it is ours, and what is
// in it: a deed, as JSON.
const aboutKey = "docent"

// layout counts the ways in which this package has laid out points. Each has a
// collection of its own, so servers of before and after serve side by side.
const layout = 2

type deed struct {
	Layout int          `json:"layout"`
	Stamp  docent.Stamp `json:"stamp"`
}

// collectionName names the collection of a stamp, whose embedding is named.
func collectionName(prefix string, s docent.Stamp) string {
	encoded, _ := json.Marshal(deed{layout, s}) // strings and numbers: it can't fail
	sum := sha256.Sum256(encoded)
	return prefix + "-" + hex.EncodeToString(sum[:4])
}

func named(name string) string {
	if name == "" {
		return "none"
	}
	return name
}

// info gives what the server says of a collection, or of what an alias leads
// to; nil where there is neither.
func (x *Index) info(ctx context.Context, name string) (*api.CollectionInfo, error) {
	info, err := x.client.GetCollectionInfo(ctx, name)
	if status.Code(err) == codes.NotFound {
		return nil, nil
	}
	return info, x.fail(ctx, err)
}

// deedOf reads the deed of a collection; nil where it is not ours.
func deedOf(info *api.CollectionInfo) *deed {
	var d deed
	about := info.GetConfig().GetMetadata()[aboutKey].GetStringValue()
	if json.Unmarshal([]byte(about), &d) != nil || d.Layout == 0 {
		return nil
	}
	return &d
}

// check refuses a collection that is not of this stamp and layout.
func (x *Index) check(info *api.CollectionInfo) error {
	d := deedOf(info)
	switch {
	case d == nil:
		return x.foreign("collection", x.name)
	case d.Layout > layout:
		return &docent.Error{Code: docent.CodeStore, Message: "the index in Qdrant was made by a newer Docent", Hint: "update Docent"}
	case d.Stamp != x.stamp:
		return x.otherStamp(d.Stamp)
	}
	return nil
}

func (x *Index) foreign(what, name string) error {
	return &docent.Error{Code: docent.CodeStore, Message: "Qdrant has a " + what + " named " + name + " that Docent did not make",
		Hint: "choose another prefix for Docent's collections, or rename that one; it was not touched"}
}

// absent says why the collection is not there: nothing was ingested, or the
// alias leads to one of another stamp or layout.
func (x *Index) absent(ctx context.Context) error {
	info, err := x.info(ctx, x.prefix)
	if status.Code(err) == codes.PermissionDenied {
		return docent.NoIndex() // the key sees single collections, and this is all it is used for
	}
	if err != nil {
		return err
	}
	switch d := deedOf(info); {
	case d == nil:
		return docent.NoIndex()
	case d.Stamp != x.stamp:
		return x.otherStamp(d.Stamp)
	case d.Layout != layout:
		return otherLayout(d.Layout)
	}
	return docent.NoIndex()
}

// otherLayout says that the index that is there was laid out by another
// version of this program.
func otherLayout(found int) error {
	e := &docent.Error{Code: docent.CodeIndexStamp, Message: "the index in Qdrant was made by an older version of docent",
		Hint: "run `docent ingest` again: this version makes another index of the same pages"}
	if found > layout {
		e.Message, e.Hint = "the index in Qdrant was made by a newer version of docent", "update docent, or run `docent ingest` again"
	}
	return e
}

// otherStamp says in what the index that is there differs.
func (x *Index) otherStamp(found docent.Stamp) error {
	var differences []string
	differ := func(what string, was, is any) {
		if was != is {
			differences = append(differences, fmt.Sprintf("%s %v instead of %v", what, was, is))
		}
	}
	differ("embedding", named(found.Embedding), x.stamp.Embedding)
	differ("dimensions", found.Dimensions, x.stamp.Dimensions)
	differ("analyzer", named(found.Analyzer), named(x.stamp.Analyzer))
	differ("splitter", named(found.Splitter), named(x.stamp.Splitter))
	return &docent.Error{
		Code:    docent.CodeIndexStamp,
		Message: "the index was made with " + strings.Join(differences, ", "),
		Hint:    "run `docent ingest` again, or go back to the settings it was made with",
	}
}

// create makes the collection where it is missing, and what is missing of it.
func (x *Index) create(ctx context.Context) error {
	info, err := x.info(ctx, x.name)
	if err != nil {
		return err
	}
	if _, err := x.aliased(ctx); err != nil {
		return err
	}
	if info == nil {
		if err := x.makeCollection(ctx); err != nil {
			return err
		}
		if info, err = x.info(ctx, x.name); err != nil {
			return err
		}
	}
	if err := x.check(info); err != nil {
		return err
	}
	for field, kind := range indexedFields {
		if _, there := info.GetPayloadSchema()[field]; there {
			continue
		}
		_, err := x.client.CreateFieldIndex(ctx, &api.CreateFieldIndexCollection{
			CollectionName: x.name, FieldName: field, FieldType: kind.Enum(), Wait: api.PtrOf(true),
		})
		if err != nil {
			return x.fail(ctx, err)
		}
	}
	x.ready.Store(true)
	return nil
}

func (x *Index) makeCollection(ctx context.Context) error {
	about, _ := json.Marshal(deed{layout, x.stamp}) // strings and numbers: it can't fail
	request := &api.CreateCollection{
		CollectionName: x.name,
		SparseVectorsConfig: api.NewSparseVectorsConfig(map[string]*api.SparseVectorParams{
			sparseName: {Modifier: api.Modifier_Idf.Enum()},
		}),
		Metadata: map[string]*api.Value{aboutKey: api.NewValueString(string(about))},
	}
	if n := x.stamp.Dimensions; n > 0 {
		request.VectorsConfig = api.NewVectorsConfigMap(map[string]*api.VectorParams{
			denseName: {Size: uint64(n), Distance: api.Distance_Cosine},
		})
	}
	err := x.client.CreateCollection(ctx, request)
	if status.Code(err) == codes.AlreadyExists {
		return nil // another ingest was faster
	}
	return x.fail(ctx, err)
}

// aliased gives the collection that the alias leads to, "" for none. One that
// leads to another tool's collection is an error, as is a collection in its
// place: making an alias moves it without a word.
func (x *Index) aliased(ctx context.Context) (string, error) {
	info, err := x.info(ctx, x.prefix)
	if err != nil || info == nil {
		return "", err
	}
	aliases, err := x.client.ListAliases(ctx)
	if err != nil {
		return "", x.fail(ctx, err)
	}
	at := slices.IndexFunc(aliases, func(a *api.AliasDescription) bool { return a.GetAliasName() == x.prefix })
	switch {
	case at < 0:
		return "", x.foreign("collection", x.prefix)
	case deedOf(info) == nil:
		return "", x.foreign("alias", x.prefix)
	}
	return aliases[at].GetCollectionName(), nil
}

// pointAlias makes the alias lead to this collection, in one step.
func (x *Index) pointAlias(ctx context.Context) error {
	to, err := x.aliased(ctx)
	if err != nil || to == x.name {
		return err
	}
	var actions []*api.AliasOperations
	if to != "" {
		actions = append(actions, api.NewAliasDelete(x.prefix))
	}
	return x.fail(ctx, x.client.UpdateAliases(ctx, append(actions, api.NewAliasCreate(x.prefix, x.name))))
}
