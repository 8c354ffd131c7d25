using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Runs a model. Safe to share between threads: weights are shared, and each concurrent call has memory of its own.</summary>
/// <remarks>
/// Results are the same, bit for bit, for any number of threads, any batch, and any number of concurrent callers.
/// A plan is made for each sample shape when it first occurs; the shape the model was built for is planned at once. Weights are packed layer by layer,
/// so a model that was just read from a file is never in memory as a whole. It is held on to, for plans of other shapes may need other kernels,
/// unless <see cref="PredictorOptions.SingleShape"/> says that there will be none.
/// </remarks>
public sealed class Predictor : IDisposable
{
    private const int UsualPlans = 4; // photographs of a few sizes; a plan of ResNet-50 takes some 150 MB

    private readonly WorkerPool _pool;
    private readonly bool _ownsPool;
    private readonly StepRunner _runner;
    private readonly PlanCache _plans;

    /// <summary>Prepares a model for inference: rewrites it, chooses kernels and packs weights.</summary>
    public Predictor(Model model, PredictorOptions options = default)
        : this(model, options, null)
    {
    }

    /// <summary>The same with threads that others use as well, and that stay theirs.</summary>
    internal Predictor(Model model, PredictorOptions options, WorkerPool? shared)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Graph, Metadata) = (model.Graph, model.Metadata);
        LoweringOptions lowering = LoweringOptions.From(options);
        InstructionSet = lowering.InstructionSet;
        Model? prepared = Prepared(model, options);
        Shape planned = model.Graph.ShapeOf(model.Graph.Input.Name);
        _pool = shared ?? new WorkerPool(options.ThreadCount);
        _ownsPool = shared is null;
        _runner = new StepRunner(_pool);
        _plans = new PlanCache(
            options.Plans > 0 ? options.Plans : UsualPlans,
            (shape, other) => PlanBuilder.Build(
                prepared?.WithInput(shape) ?? throw new EspalierException($"The predictor was made for samples of {planned} alone; found {shape}."), lowering, _pool, other));
        try
        {
            _plans.For(planned);
            prepared = options.SingleShape ? null : prepared;
        }
        catch
        {
            Dispose(); // nobody else will: there is no predictor
            throw;
        }
    }

    // Norms behind layers are left, because Fusion takes them into the layer's step.
    internal static Model Prepared(Model model, PredictorOptions options) =>
        options.Unfolded ? model.Apply(new DropoutRemoval()) : InferenceFolding.Fold(model, new LinearFoldingOptions { LeavesNormsBehindLayers = true }).After;

    /// <summary>The network as it was given.</summary>
    public Graph Graph { get; }

    /// <summary>What is known about the model.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>Threads that share one prediction.</summary>
    public int Threads => _pool.Threads;

    /// <summary>The vectors that its kernels compute with.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>Bytes of packed weights and of activation memory that it holds at the moment.</summary>
    public long MemoryBytes => _plans.Bytes;

    /// <summary>The network's output for a batch: the first, where a graph has several.</summary>
    /// <param name="input">Float32, [batch, …sample]: any batch, and any sample shape that the network can take.</param>
    /// <returns>Float32, [batch, …output].</returns>
    /// <exception cref="GraphException">The network cannot take such samples.</exception>
    public Tensor Run(Tensor input) => RunAll(input)[0];

    /// <summary>All of the network's outputs for a batch, in the order of <see cref="Graph.Outputs"/>.</summary>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <exception cref="GraphException">The network cannot take such samples.</exception>
    public IReadOnlyList<Tensor> RunAll(Tensor input)
    {
        Tensor[] results = [];
        WithArena(input, (plan, arena) =>
        {
            _runner.Run(plan.Steps, arena);
            results = [.. plan.Outputs.Select(output => Read(output, arena))];
        });
        return results;
    }

    /// <summary>How long each step takes, in the order in which they run, with the caches as cold as they are in the network.</summary>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <param name="repetitions">How often to run the network.</param>
    public IReadOnlyList<LayerTiming> Profile(Tensor input, int repetitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        IReadOnlyList<LayerTiming> timings = [];
        WithArena(input, (plan, arena) =>
        {
            double[][] times = StepTimes.Measure(plan, _runner, arena, repetitions);
            timings = [.. plan.Steps.Select((step, i) => new LayerTiming(step.Name, step.Kernel, plan.StepShapes[i], step.MultiplyAccumulates, Median(times[i]), arena.Batch))];
        });
        return timings;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsPool)
        {
            _pool.Dispose();
        }
    }

    private static Tensor Read(PlanOutput output, Arena arena)
    {
        Tensor result = Tensor.Zeros(output.Shape.Prepend(arena.Batch));
        LayoutKernel.ToPlain(arena[output.Value], output.Value.Layout, result.Write<float>(), arena.Batch, 0, 1);
        return result;
    }

    private void WithArena(Tensor input, Action<InferencePlan, Arena> use)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Type != ElementType.Float32 || input.Shape.Rank < 2 || input.Shape[0] < 1)
        {
            throw new EspalierException($"The input is {input}; expected Float32 samples with a batch extent in front.");
        }

        int batch = input.Shape[0];
        PlanCache.Entry entry = _plans.For(input.Shape.WithoutFirst());
        Arena arena = entry.Rent(batch);
        try
        {
            arena.Begin(batch, input);
            use(entry.Plan, arena);
        }
        finally
        {
            entry.Return(arena);
        }
    }

    private static double Median(double[] times)
    {
        double[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 2];
    }
}
