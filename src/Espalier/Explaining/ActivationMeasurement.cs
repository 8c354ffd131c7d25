using Espalier.Data;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Measures the values of a network's nodes on images: one run over the images for each group of nodes.</summary>
internal sealed class ActivationMeasurement
{
    private readonly Model _model;
    private readonly IDataset _data;
    private readonly ActivationOptions _options;
    private readonly InputPipeline _pipeline;
    private readonly IReadOnlyList<ResidualValues> _blocks;
    private readonly IReadOnlyList<Refusal> _others;
    private readonly Dictionary<string, NodeTally> _tallies;

    /// <summary>Prepares a measurement.</summary>
    /// <exception cref="EspalierException">The model has no preprocessing.</exception>
    internal ActivationMeasurement(Model model, IDataset data, ActivationOptions options)
    {
        _pipeline = InputPipeline.Of(model);
        _model = model.WithInput(_pipeline.Shape);
        _data = options.Images < data.Count ? new Subset(data, SampleSelection.Limit(data, options.Images, seed: 0)) : data;
        _options = options;
        Graph graph = _model.Graph;
        (_blocks, _others) = ResidualValues.Find(graph);
        HashSet<string> added = [.. _blocks.SelectMany(block => new[] { block.Shortcut, block.Branch })];
        _tallies = graph.Nodes.ToDictionary(node => node.Name, node => new NodeTally(node, graph.ShapeOf(node.Name), added.Contains(node.Name)), StringComparer.Ordinal);
    }

    /// <summary>Runs all groups.</summary>
    /// <param name="budget">The maximum number of elements of a group for a batch; see <see cref="NodeGroups"/>.</param>
    /// <param name="progress">Receives the completed fraction, from 0 to 1.</param>
    /// <param name="cancellation">Checked between batches.</param>
    internal NetworkActivations Run(long budget, IProgress<double>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<IReadOnlyList<Node>> groups = NodeGroups.Of(_model.Graph, budget);
        int batch = NodeGroups.BatchOf(_model.Graph, groups, budget, _options.Batch);
        IReadOnlyList<SampleFailure> failures = [];
        int images = 0;
        for (int i = 0; i < groups.Count; i++)
        {
            double done = i;
            (images, failures) = Run(groups[i], isFirst: i == 0, batch, part => progress?.Report((done + part) / groups.Count), cancellation);
        }

        return new NetworkActivations
        {
            Images = images,
            Nodes = [.. _model.Graph.Nodes.Select(node => _tallies[node.Name].ToActivations())],
            Blocks = [.. _blocks.Select(ToActivations)],
            Unreadable = failures,
            Notes = [.. _data.Notes, .. _blocks.Count == 0 ? _others.Take(1).Select(other => $"there are no residual blocks: '{other.Node}' {other.Reason}") : []],
        };
    }

    private (int Images, IReadOnlyList<SampleFailure> Failures) Run(IReadOnlyList<Node> nodes, bool isFirst, int batchSize, Action<double> report, CancellationToken cancellation)
    {
        var loading = new DataLoaderOptions { BatchSize = batchSize, Workers = _options.ThreadCount, Prefetch = 1, Unreadable = UnreadableSamples.Skip };
        var loader = new DataLoader(_data, _pipeline, loading);
        using IRunnable run = (_options.Runtime ?? Runtimes.Cpu).Prepare(NodeGroups.Part(_model, nodes), new RunOptions { Threads = _options.Threads, Unfolded = true, SingleShape = true });
        int images = 0;
        foreach (Batch batch in loader.ReadEpoch(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (isFirst)
            {
                Add(_model.Graph.Input, batch.Images, batch);
            }

            IReadOnlyList<Tensor> outputs = run.RunAll(batch.Images);
            AddAll(nodes, outputs, batch);
            images += batch.Count;
            report((double)(images + loader.Failures.Count) / _data.Count);
        }

        return images > 0 ? (images, loader.Failures) : throw new EspalierException($"none of the {_data.Count} images could be read; the first: {loader.Failures[0]}");
    }

    private void AddAll(IReadOnlyList<Node> nodes, IReadOnlyList<Tensor> outputs, Batch batch)
    {
        var faults = new EspalierException?[nodes.Count];
        Parallel.For(0, nodes.Count, new ParallelOptions { MaxDegreeOfParallelism = _options.ThreadCount }, i =>
        {
            try
            {
                Add(nodes[i], outputs[i], batch);
            }
            catch (EspalierException fault)
            {
                faults[i] = fault;
            }
        });
        if (Array.Find(faults, fault => fault is not null) is EspalierException first)
        {
            throw first; // of the first node whose value is not finite
        }
    }

    private void Add(Node node, Tensor output, Batch batch) => _tallies[node.Name].Add(output, image => _data.NameOf(batch.Indices[image]));

    private BlockActivations ToActivations(ResidualValues block)
    {
        double[] branch = [.. _tallies[block.Branch].Norms.Select(norm => block.Factor * norm)];
        IReadOnlyList<double> shortcut = _tallies[block.Shortcut].Norms;
        double[] ratios = [.. branch.Zip(shortcut).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second)];
        return new BlockActivations
        {
            Name = block.Unit.Scope,
            Shortcut = block.Unit.Kind,
            Images = ratios.Length,
            Ratio = ratios.DefaultIfEmpty(double.NaN).Average(),
            Least = ratios.DefaultIfEmpty(double.NaN).Min(),
            Greatest = ratios.DefaultIfEmpty(double.NaN).Max(),
            BranchNorm = branch.Average(),
            ShortcutNorm = shortcut.Average(),
        };
    }
}
