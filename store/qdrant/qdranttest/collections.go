package qdranttest

import (
	"context"

	api "github.com/qdrant/go-client/qdrant"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// collection is a collection with its points by ID.
type collection struct {
	config *api.CreateCollection
	points map[string]*point
	schema map[string]api.PayloadSchemaType
}

func (c *collection) dense(name string) *api.VectorParams {
	return c.config.GetVectorsConfig().GetParamsMap().GetMap()[name]
}

func (c *collection) sparse(name string) *api.SparseVectorParams {
	return c.config.GetSparseVectorsConfig().GetMap()[name]
}

// find gives the collection of a name, or that an alias leads to. mu is held.
func (s *Server) find(name string) (*collection, error) {
	if c := s.collections[name]; c != nil {
		return c, nil
	}
	if c := s.collections[s.aliases[name]]; c != nil {
		return c, nil
	}
	return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", name)
}

// target gives the collection that a call with the filters is about.
func (s *Server) target(name string, filters ...*api.Filter) (*collection, error) {
	c, err := s.find(name)
	if err == nil && s.Strict {
		err = c.indexed(filters...)
	}
	return c, err
}

// collectionsService answers the calls that concern collections: its Get and
// Delete are others than those of points.
type collectionsService struct {
	api.UnimplementedCollectionsServer
	*Server
}

func (s collectionsService) Get(_ context.Context, r *api.GetCollectionInfoRequest) (*api.GetCollectionInfoResponse, error) {
	c, err := s.find(r.GetCollectionName())
	if err != nil {
		return nil, err
	}
	schema := map[string]*api.PayloadSchemaInfo{}
	for field, kind := range c.schema {
		schema[field] = &api.PayloadSchemaInfo{DataType: kind}
	}
	return &api.GetCollectionInfoResponse{Result: &api.CollectionInfo{
		Status: api.CollectionStatus_Green, PointsCount: proto.Uint64(uint64(len(c.points))), PayloadSchema: schema,
		Config: &api.CollectionConfig{
			Params:   &api.CollectionParams{VectorsConfig: c.config.GetVectorsConfig(), SparseVectorsConfig: c.config.GetSparseVectorsConfig()},
			Metadata: c.config.GetMetadata(),
		},
	}}, nil
}

func (s collectionsService) List(context.Context, *api.ListCollectionsRequest) (*api.ListCollectionsResponse, error) {
	var list api.ListCollectionsResponse
	for name := range s.collections {
		list.Collections = append(list.Collections, &api.CollectionDescription{Name: name})
	}
	return &list, nil
}

// CollectionExists is true of aliases, too.
func (s collectionsService) CollectionExists(_ context.Context, r *api.CollectionExistsRequest) (*api.CollectionExistsResponse, error) {
	_, err := s.find(r.GetCollectionName())
	return &api.CollectionExistsResponse{Result: &api.CollectionExists{Exists: err == nil}}, nil
}

func (s collectionsService) Create(_ context.Context, r *api.CreateCollection) (*api.CollectionOperationResponse, error) {
	name := r.GetCollectionName()
	if _, taken := s.aliases[name]; taken {
		return nil, status.Errorf(codes.InvalidArgument, "Wrong input: Can't create collection with name %s. Alias with the same name already exists", name)
	}
	if s.collections[name] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Wrong input: Collection `%s` already exists!", name)
	}
	s.collections[name] = &collection{config: proto.CloneOf(r), points: map[string]*point{}, schema: map[string]api.PayloadSchemaType{}}
	return &api.CollectionOperationResponse{Result: true}, nil
}

// Delete drops the aliases that lead to the collection, too.
func (s collectionsService) Delete(_ context.Context, r *api.DeleteCollection) (*api.CollectionOperationResponse, error) {
	_, there := s.collections[r.GetCollectionName()]
	delete(s.collections, r.GetCollectionName())
	for alias, name := range s.aliases {
		if name == r.GetCollectionName() {
			delete(s.aliases, alias)
		}
	}
	return &api.CollectionOperationResponse{Result: there}, nil
}

func (s collectionsService) ListAliases(context.Context, *api.ListAliasesRequest) (*api.ListAliasesResponse, error) {
	var list api.ListAliasesResponse
	for alias, name := range s.aliases {
		list.Aliases = append(list.Aliases, &api.AliasDescription{AliasName: alias, CollectionName: name})
	}
	return &list, nil
}

// UpdateAliases makes all changes or none. Making an alias that is there moves
// it.
func (s collectionsService) UpdateAliases(_ context.Context, r *api.ChangeAliases) (*api.CollectionOperationResponse, error) {
	next := map[string]string{}
	for alias, name := range s.aliases {
		next[alias] = name
	}
	for _, action := range r.GetActions() {
		switch a := action.GetAction().(type) {
		case *api.AliasOperations_CreateAlias:
			alias, name := a.CreateAlias.GetAliasName(), a.CreateAlias.GetCollectionName()
			if s.collections[name] == nil {
				return nil, status.Errorf(codes.NotFound, "Not found: Collection `%s` doesn't exist!", name)
			}
			if s.collections[alias] != nil {
				return nil, status.Errorf(codes.AlreadyExists, "Wrong input: Collection `%s` already exists!", alias)
			}
			next[alias] = name
		case *api.AliasOperations_DeleteAlias:
			delete(next, a.DeleteAlias.GetAliasName())
		default:
			return nil, status.Error(codes.Unimplemented, "the stand-in does not rename aliases")
		}
	}
	s.aliases = next
	return &api.CollectionOperationResponse{Result: true}, nil
}
