using Espalier.Execution;
using Espalier.Graphs;
using Espalier.Kernels;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Inference;

/// <summary>Runs a model. Safe to share between threads: weights are shared, and each concurrent call has its own memory.</summary>
/// <remarks>
/// Results are bit-identical for any number of threads, any batch, and any number of concurrent callers.
/// A plan is built for each sample shape when it first occurs; that for the model's own input shape is built in the constructor. Weights are packed layer by layer,
/// so a model that was just read from a file is never in memory as a whole. The predictor keeps a reference to the model, because plans for other shapes may need other kernels,
/// unless <see cref="PredictorOptions.SingleShape"/> is set.
/// </remarks>
public sealed class Predictor : IRunnable
{
    private const int UsualPlans = 4; // enough for images of a few sizes; a plan of ResNet-50 takes about 150 MB

    private readonly WorkerPool _pool;
    private readonly bool _ownsPool;
    private readonly StepRunner _runner;
    private readonly PlanCache _plans;
    private readonly Shape _planned; // the samples that the model was built for

    /// <summary>Prepares a model for inference: folds it, chooses kernels and packs weights.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">How.</param>
    /// <exception cref="EspalierException">An option names a kernel that there is not, or the machine lacks the vectors.</exception>
    public Predictor(Model model, PredictorOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Graph, Metadata) = (model.Graph, model.Metadata);
        LoweringOptions lowering = LoweringOptions.From(options);
        InstructionSet = lowering.InstructionSet;
        Model? prepared = Prepared(model, options);
        Shape planned = _planned = model.Graph.ShapeOf(model.Graph.Input.Name);
        _pool = options.Workers ?? new WorkerPool(options.ThreadCount);
        _ownsPool = options.Workers is null;
        _runner = new StepRunner(_pool);
        _plans = new PlanCache(
            options.Plans > 0 ? options.Plans : UsualPlans,
            (shape, other) => PlanBuilder.Build(
                prepared?.WithInput(shape) ?? throw new EspalierException($"The predictor accepts samples of shape {planned} only; found {shape}."), lowering, _pool, other));
        try
        {
            _plans.For(planned.Extents.AsSpan());
            prepared = options.SingleShape ? null : prepared;
        }
        catch
        {
            Dispose(); // the constructor throws, so the caller cannot
            throw;
        }
    }

    // Norms after layers are not folded here, because Fusion multiplies them into the weights.
    internal static Model Prepared(Model model, PredictorOptions options)
    {
        BatchStatistics.RequireRunning(model.Graph);
        return options.Unfolded ? model.Apply(new DropoutRemoval()) : InferenceFolding.FoldUnrecorded(model, new LinearFoldingOptions { LeavesNormsAfterLayers = true }).After;
    }

    /// <summary>The graph of the model that was passed in.</summary>
    public Graph Graph { get; }

    /// <summary>The model's metadata.</summary>
    public ModelMetadata Metadata { get; }

    /// <summary>Number of threads that a prediction uses.</summary>
    public int Threads => _pool.Threads;

    /// <summary>The vector instructions that its kernels use.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>Bytes of packed weights and activation memory that it currently holds.</summary>
    public long MemoryBytes => _plans.Bytes;

    /// <summary>Computes the network's output for a batch; the first output, if a graph has several.</summary>
    /// <param name="input">Float32, [batch, …sample], with any batch size and any sample shape that the network supports.</param>
    /// <returns>Float32, [batch, …output].</returns>
    /// <exception cref="GraphException">The network does not support the sample shape.</exception>
    public Tensor Run(Tensor input) => RunAll(input)[0];

    /// <summary>Runs the network on samples of the shape it was built for, from and to the caller's memory, without allocating any once it has run before.</summary>
    /// <param name="input">One sample after another.</param>
    /// <param name="output">Takes the network's first output for each of them.</param>
    /// <exception cref="ArgumentException">The lengths are not those of one or more samples and their outputs.</exception>
    public void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        PlanCache.Entry entry = _plans.For(_planned.Extents.AsSpan());
        PlanOutput result = entry.Plan.Outputs[0];
        int sample = checked((int)_planned.Count), length = checked((int)result.Shape.Count);
        int batch = input.Length / sample;
        if (batch == 0 || input.Length != batch * sample || output.Length != batch * length)
        {
            throw new ArgumentException($"Samples of {sample} numbers have outputs of {length}; got {input.Length} numbers for {output.Length}.", nameof(input));
        }

        int atOnce = BatchPasses.ImagesAtOnce(entry.Plan, batch, Threads);
        for (int first = 0; first < batch; first += atOnce)
        {
            int count = Math.Min(atOnce, batch - first);
            Arena arena = entry.Rent(count);
            try
            {
                arena.Begin(count, arena.Stage(_planned, input.Slice(first * sample, count * sample)));
                _runner.Run(entry.Plan.Steps, arena);
                LayoutKernel.ToPlain(arena[result.Value], result.Value.Layout, output.Slice(first * length, count * length), count, 0, 1);
            }
            finally
            {
                entry.Return(arena);
            }
        }
    }

    /// <summary>Computes all of the network's outputs for a batch, in the order of <see cref="Graph.Outputs"/>.</summary>
    /// <param name="input">Float32, [batch, …sample].</param>
    /// <exception cref="GraphException">The network does not support the sample shape.</exception>
    public IReadOnlyList<Tensor> RunAll(Tensor input)
    {
        PlanCache.Entry entry = Plan(input);
        (int batch, int atOnce) = (input.Shape[0], BatchPasses.ImagesAtOnce(entry.Plan, input.Shape[0], Threads));
        Tensor[] results = [.. entry.Plan.Outputs.Select(output => Tensor.Zeros(output.Shape.Prepend(batch)))];
        Arena arena = entry.Rent(atOnce);
        try
        {
            for (int image = 0; image < batch; image += atOnce)
            {
                arena.Begin(Math.Min(atOnce, batch - image), Images(input, image, Math.Min(atOnce, batch - image)));
                _runner.Run(entry.Plan.Steps, arena);
                for (int i = 0; i < results.Length; i++)
                {
                    Read(entry.Plan.Outputs[i], arena, results[i].Write<float>(), image);
                }
            }
        }
        finally
        {
            entry.Return(arena);
        }

        return results;
    }

    /// <summary>Measures the time of each step, in order of execution, within whole runs of the network, so that caches are as cold as in use.</summary>
    /// <param name="input">Float32, [batch, …sample]. If a batch is computed in several passes, only the first is measured.</param>
    /// <param name="repetitions">Number of runs of the network.</param>
    public IReadOnlyList<LayerTiming> Profile(Tensor input, int repetitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repetitions, 1);
        PlanCache.Entry entry = Plan(input);
        InferencePlan plan = entry.Plan;
        int images = BatchPasses.ImagesAtOnce(plan, input.Shape[0], Threads);
        Arena arena = entry.Rent(images);
        try
        {
            arena.Begin(images, Images(input, 0, images));
            double[][] times = StepTimes.Measure(plan, _runner, arena, repetitions);
            return [.. plan.Steps.Select((step, i) => new LayerTiming(step.Name, step.Kernel, plan.StepShapes[i], step.MultiplyAccumulates, Median(times[i]), arena.Batch))];
        }
        finally
        {
            entry.Return(arena);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsPool)
        {
            _pool.Dispose();
        }
    }

    private static void Read(PlanOutput output, Arena arena, Span<float> result, int firstImage)
    {
        int length = checked((int)output.Shape.Count);
        Span<float> rows = result.Slice(firstImage * length, arena.Batch * length);
        LayoutKernel.ToPlain(arena[output.Value], output.Value.Layout, rows, arena.Batch, 0, 1);
    }

    /// <summary>A range of a batch's samples, without a copy.</summary>
    private static Tensor Images(Tensor input, int first, int count)
    {
        Shape sample = input.Shape.WithoutFirst();
        int bytes = checked((int)sample.Count * sizeof(float));
        return count == input.Shape[0] ? input : Tensor.Over(sample.Prepend(count), ElementType.Float32, input.Bytes.Slice(first * bytes, count * bytes));
    }

    private PlanCache.Entry Plan(Tensor input)
    {
        SampleBatch.Require(input);
        return _plans.For(input.Shape.Extents.AsSpan()[1..]);
    }

    private static double Median(double[] times)
    {
        double[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 2];
    }
}
