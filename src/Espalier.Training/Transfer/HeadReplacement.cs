using System.Globalization;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>Replaces the last layer of a classifier by a newly initialized one for other classes, as the first step of transfer learning.</summary>
/// <param name="classes">The number of classes of the new layer.</param>
/// <param name="seed">The random seed of its initialization.</param>
public sealed class HeadReplacement(int classes, ulong seed) : Pass
{
    /// <inheritdoc/>
    public override string Name => "replace head";

    /// <inheritdoc/>
    public override Promise Promise => Promise.Lossy;

    /// <inheritdoc/>
    /// <exception cref="GraphException">The network does not end with a fully connected layer.</exception>
    public override PassPlan Plan(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        Node head = Find(model.Graph);
        var linear = (Linear)head.Op;
        Node replaced = head with { Op = linear with { OutFeatures = classes } };
        Patch patch = new Patch($"{head.Name} for {classes} classes").Put(replaced);
        foreach ((string name, Parameter parameter) in Begin(replaced).Parameters)
        {
            patch = patch.Set(name, parameter);
        }

        return new PassPlan([patch], []);
    }

    /// <inheritdoc/>
    public override ValueList<LineageSetting> SettingsOf(PassPlan plan) =>
        [new("classes", classes.ToString(CultureInfo.InvariantCulture)), new("seed", seed.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Returns the model with the new head and the labels of the new classes.</summary>
    /// <param name="model">A classifier.</param>
    /// <param name="labels">The labels of the new classes, or empty if they are not known.</param>
    /// <exception cref="GraphException">The network does not end with a fully connected layer.</exception>
    public Model Apply(Model model, ValueList<string> labels)
    {
        Model changed = model.ApplyAndRecord(this);
        return changed.With(changed.Metadata with { Labels = labels });
    }

    /// <summary>Returns the fully connected layer that computes the output, directly or followed by a softmax.</summary>
    public static Node Find(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Node last = Last(graph);
        return last.Op is Linear ? last : throw new GraphException(last.Name, $"expected the network to end with a fully connected layer, found {last.Op}");
    }

    /// <summary>The same, or <see langword="null"/> if the network ends with another layer.</summary>
    internal static Node? TryFind(Graph graph) => Last(graph) is { Op: Linear } last ? last : null;

    private static Node Last(Graph graph)
    {
        Node node = graph[graph.Outputs[0]];
        while (node.Op is Softmax or Dropout)
        {
            node = graph[node.Inputs[0]];
        }

        return node;
    }

    /// <summary>Initializes a network that consists of the head alone; initialization depends only on name, shape and op.</summary>
    private Model Begin(Node head)
    {
        const string Features = "input";
        var graph = new Graph([new Node(Features, new Input([((Linear)head.Op).InFeatures]), []), head with { Inputs = [Features] }], [head.Name]);
        return new NetworkDefinition(graph, ModelMetadata.None).Initialize(seed);
    }
}
