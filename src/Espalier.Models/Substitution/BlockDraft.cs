using System.Collections.Immutable;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Models;

/// <summary>A network whose convolutions are being replaced by blocks, node by node in graph order.</summary>
internal sealed class BlockDraft(NetworkDefinition definition)
{
    private readonly Graph _graph = definition.Graph;
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal); // from a replaced node to the node that now computes its value
    private readonly HashSet<string> _dropped = new(StringComparer.Ordinal);
    private readonly List<NormWeight> _norms = [.. definition.Initialization.NormWeights];
    private readonly List<string> _identities = [.. definition.Initialization.IdentityConvolutions];
    private readonly ImmutableArray<string>.Builder _replaced = ImmutableArray.CreateBuilder<string>();

    private readonly ImmutableArray<(string Node, string Reason)>.Builder _reduced = ImmutableArray.CreateBuilder<(string Node, string Reason)>();

    internal ImmutableArray<string> Replaced => _replaced.ToImmutable();

    internal ImmutableArray<(string Node, string Reason)> Reduced => _reduced.ToImmutable();

    /// <summary>Copies a node unchanged, unless it was replaced together with the convolution before it.</summary>
    internal void Keep(Node node)
    {
        if (!_dropped.Contains(node.Name))
        {
            _nodes.Add(node with { Inputs = ValueList.From(node.Inputs.Select(Renamed)) });
        }
    }

    /// <summary>Replaces a convolution, and the batch norm after it if no other node reads the convolution, by a block.</summary>
    /// <exception cref="GraphException">The block cannot replace the convolution; nothing is changed.</exception>
    internal void Replace(Node node, BlockChoice choice)
    {
        var convolution = (Conv2d)node.Op;
        if (convolution.Kernel == 1 && choice.Kind != MultiBranchKind.MobileOne)
        {
            GraphException.Throw(node.Name, $"a 1x1 convolution has no branches of {choice.Kind.Name()}");
        }

        if (convolution.StandardizationEpsilon is not null)
        {
            GraphException.Throw(node.Name, "the weights of this convolution are standardized, and those of the block's branches would not be");
        }

        Graph block = Block(node, convolution, choice.Kind);
        string output = block.Outputs[0];
        Node? norm = _graph.HasSingleUse(node.Name) && _graph.UsersOf(node.Name)[0] is { Op: BatchNorm } user ? user : null;
        foreach (Node part in block.Nodes.Where(part => part.Op is not Input))
        {
            _nodes.Add(part with { Inputs = ValueList.From(part.Inputs.Select(name => name == block.Input.Name ? Renamed(node.Inputs[0]) : name)) });
        }

        Node last = norm ?? node;
        _renamed[node.Name] = _renamed[last.Name] = output;
        _ = norm is not null && _dropped.Add(norm.Name);
        _replaced.Add(node.Name);
        if (choice.Kind == MultiBranchKind.DiverseBranch && convolution.Dilation != 1)
        {
            _reduced.Add((node.Name, $"the convolution has dilation {convolution.Dilation}, which average pools do not support, so the block has no average branch"));
        }

        Begin(block, choice.Weights, InitializationRules.EndsBranchAtZero(definition, last.Name));
    }

    internal NetworkDefinition Build(BlockChoice[] choices)
    {
        var graph = new Graph(_nodes, ValueList.From(_graph.Outputs.Select(Renamed)));
        var entry = new LineageEntry("blocks", [new("choice", string.Join(' ', choices)), new("convolutions", string.Join(' ', _replaced))], []);
        return definition with
        {
            Graph = graph,
            Metadata = definition.Metadata.After(entry),
            Initialization = definition.Initialization with { NormWeights = ValueList.From(_norms), IdentityConvolutions = ValueList.From(_identities) },
        };
    }

    private string Renamed(string name) => _renamed.GetValueOrDefault(name, name);

    private Graph Block(Node node, Conv2d convolution, MultiBranchKind kind)
    {
        var net = new GraphBuilder();
        var options = new MultiBranchOptions(convolution.OutChannels)
        {
            Kernel = convolution.Kernel,
            Stride = convolution.Stride,
            Dilation = convolution.Dilation,
            Groups = convolution.Groups,
            Padding = convolution.Padding,
        };
        Graph block = net.Build(kind.Builder()(net.Input(_graph.ShapeOf(node.Inputs[0])), node.Name, options));
        if (block.ShapeOf(block.Outputs[0]) != _graph.ShapeOf(node.Name))
        {
            GraphException.Throw(node.Name, $"the block's output has shape {block.ShapeOf(block.Outputs[0])}, the convolution's {_graph.ShapeOf(node.Name)}");
        }

        return block;
    }

    /// <summary>Sets the initialization of a block: the chosen weights for the norms before the sum, and the identity for the 1x1 convolution at the start of DBB's 1x1–kxk branch (IdentityBasedConv1x1 in the authors' code).</summary>
    private void Begin(Graph block, BranchWeights weights, bool silent)
    {
        bool isMain = true;
        foreach (Node norm in block.Nodes.Where(node => node.Op is BatchNorm && block.UsersOf(node.Name).All(user => user.Op is Add)))
        {
            _norms.Add(new NormWeight(norm.Name, silent ? 0 : isMain ? weights.Main : weights.Others));
            isMain = false;
        }

        _identities.AddRange(block.Nodes.Where(node => node.Name.EndsWith($".{MultiBranchBlocks.IdentityConvolution}", StringComparison.Ordinal)).Select(node => node.Name));
    }
}
