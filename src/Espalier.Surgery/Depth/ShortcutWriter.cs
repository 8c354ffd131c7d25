using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Surgery;

/// <summary>Writes the shortcut around a module: the module's input, or a projection of it.</summary>
internal static class ShortcutWriter
{
    /// <summary>Returns the patch with the nodes and parameters of the shortcut, and the name of the shortcut's output.</summary>
    /// <exception cref="GraphException">The module changes the shape and no projection makes the same change; the message names the shapes.</exception>
    internal static (Patch Patch, string Shortcut) Write(Model model, BypassModule module, StochasticDepthWrapOptions options, Patch patch)
    {
        (Shape input, Shape output) = (model.Graph.ShapeOf(module.Input), model.Graph.ShapeOf(module.Output));
        if (input == output)
        {
            return (patch, module.Input);
        }

        string name = ScopeName.Join(module.Scope, "projection");
        patch = options.Projection switch
        {
            BypassProjection.Fresh1x1 => Fresh(module, name, input, output, 1, options.Initialize, patch),
            BypassProjection.Fresh3x3 => Fresh(module, name, input, output, 3, options.Initialize, patch),
            BypassProjection.Cloned => Cloned(model, FirstConvolution(model.Graph, module, input, output), module, name, patch),
            BypassProjection.Tied => Tied(FirstConvolution(model.Graph, module, input, output), module, name, patch),
            _ => throw new GraphException(module.Scope, $"its input of {input} cannot replace its output of {output}; choose a projection"),
        };
        return (patch, name);
    }

    private static Patch Fresh(BypassModule module, string name, Shape input, Shape output, int kernel, Func<NetworkDefinition, Model>? initialize, Patch patch)
    {
        if (initialize is null)
        {
            GraphException.Throw(module.Scope, "expected an initializer for the weights of its new projection, found none");
        }

        if (input.Rank != 3 || output.Rank != 3 || Stride(input[1], output[1]) is not int high || Stride(input[2], output[2]) is not int wide)
        {
            throw new GraphException(module.Scope, $"no stride maps its input of {input} to its output of {output}, so no projection can replace it");
        }

        var op = new Conv2d(input[0], output[0], kernel) { Stride = (high, wide), Padding = kernel / 2 };
        var alone = new Graph([new Node("input", new Input(input), []), new Node(name, op, ["input"])], [name]);
        Model numbers = initialize(new NetworkDefinition(alone, ModelMetadata.None));
        var node = new Node(name, op, [module.Input]);
        return patch.Put(node).Set(node.Parameter("weight"), numbers.Parameters[node.Parameter("weight")]);
    }

    /// <summary>The smallest stride at which a convolution with same padding maps <paramref name="input"/> pixels to <paramref name="output"/>, or <see langword="null"/>.</summary>
    private static int? Stride(int input, int output)
    {
        int stride = ((input - 1) / output) + 1;
        return ((input - 1) / stride) + 1 == output ? stride : null;
    }

    private static Patch Cloned(Model model, Node first, BypassModule module, string name, Patch patch)
    {
        var node = new Node(name, first.Op, [module.Input]);
        patch = patch.Put(node);
        for (int i = 0; i < node.Parameters.Count; i++)
        {
            Parameter original = model.Parameters[first.Parameters[i]];
            patch = patch.Set(node.Parameters[i], original with { Value = original.Value.Copy() });
        }

        return patch;
    }

    private static Patch Tied(Node first, BypassModule module, string name, Patch patch) => patch.Put(new Node(name, first.Op, [module.Input], first.Parameters));

    private static Node FirstConvolution(Graph graph, BypassModule module, Shape input, Shape output)
    {
        Node first = graph.InScope(module.Scope).FirstOrDefault(node => node.Op is Conv2d && !IsProjection(graph, node))
            ?? throw new GraphException(module.Scope, "has no convolution that could be its projection; use a fresh projection");
        (Shape reads, Shape makes) = (graph.ShapeOf(first.Inputs[0]), graph.ShapeOf(first.Name));
        return reads == input && makes == output ? first
            : throw new GraphException(module.Scope, $"its first convolution '{first.Name}' maps {reads} to {makes}, but its projection must map {input} to {output}; use a fresh projection");
    }

    private static bool IsProjection(Graph graph, Node node) => graph.UsersOf(node.Name).Any(user => user.Op is StochasticDepth && user.Inputs[0] == node.Name);
}
