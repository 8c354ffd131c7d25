using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Models;
using Espalier.Tensors;

namespace Espalier.Training.Tests.Support;

/// <summary>A training that takes no time: bright and dark corners are the classes, a small network learns them.</summary>
internal static class TinyTraining
{
    internal const int Side = 8;
    internal const int Classes = 4;

    internal static TrainingOptions Options { get; } = new()
    {
        Epochs = 3,
        LearningRate = 0.05,
        Optimizer = new SgdOptions { WeightDecay = 1e-3 },
        Schedule = new WarmUpSchedule(new CosineSchedule(), 0.5),
        Threads = 1,
        Seed = 11,
        Runtime = CpuRuntime.Instance,
    };

    /// <summary>A network with everything that draws random numbers or keeps statistics.</summary>
    internal static Model Network(ulong seed = 3, StochasticDepthMode mode = StochasticDepthMode.Batch)
    {
        var builder = new GraphBuilder();
        Value x = builder.Input(3, Side, Side);
        return new NetworkDefinition(Build(builder, x, mode), ModelMetadata.None with { Architecture = "tiny" }).Initialize(seed);
    }

    /// <summary>A network in which every image goes its own way: no batch norm, no draws.</summary>
    internal static Model LinearNetwork()
    {
        var builder = new GraphBuilder();
        return new NetworkDefinition(builder.Build(builder.Input(3, Side, Side).Flatten("flatten").Linear("fc", Classes)), ModelMetadata.None).Initialize(3);
    }

    internal static DataLoader Loader(
        int batch = 8, int count = 44, ulong seed = 5, Func<int, int>? labels = null, Exception? fault = null, UnreadableSamples unreadable = UnreadableSamples.Stop, ulong pictures = 99,
        Normalization? normalization = null, BatchShare? share = null, Func<int, bool>? unreadables = null) => new(
        new Corners(count, labels ?? (index => index % Classes), index => unreadables?.Invoke(index) == true ? new EspalierException("unreadable on purpose") : fault, pictures),
        new InputPipeline([3, Side, Side], normalization ?? Normalization.Centred, new RandomCrop(Side, Side, 1)),
        new DataLoaderOptions { BatchSize = batch, Shuffle = true, DropLast = true, Seed = seed, Workers = 1, Unreadable = unreadable, Share = share ?? BatchShare.Whole });

    /// <summary>Loss and accuracy by the training plan's own forward pass would change statistics: here a checksum of the weights stands for the accuracy.</summary>
    internal static Evaluation Pseudo(Model model, CancellationToken _)
    {
        double sum = model.Parameters.Values.Where(p => p.Value.Type == ElementType.Float32).Sum(p => p.Value.Read<float>().ToArray().Sum(v => (double)v));
        return new Evaluation(Math.Abs(sum), 1 / (1 + Math.Abs(sum)));
    }

    /// <summary>Trains for some steps, is interrupted, and hands over its checkpoint as it comes back from a file's bytes.</summary>
    internal static TrainingCheckpoint StopAfter(Model model, TrainingOptions options, int steps)
    {
        using var stop = new CancellationTokenSource();
        using var trainer = new Trainer(model, Loader(), options) { Validate = Pseudo };
        Assert.Throws<OperationCanceledException>(() => trainer.Run(new Stopper(steps, stop), stop.Token));
        using var file = new MemoryStream();
        trainer.Checkpoint().Write(file);
        return TrainingCheckpoint.Read(file.ToArray(), "checkpoint");
    }

    internal static void AssertSame(Model expected, Model actual)
    {
        foreach ((string name, Parameter parameter) in expected.Parameters)
        {
            Assert.True(parameter.Value.BitEquals(actual.Parameters[name].Value), $"{name} differs");
            Assert.True(parameter.Effective.BitEquals(actual.Parameters[name].Effective), $"the mask of {name} differs");
        }
    }

    /// <summary>Histories without the times, which no two runs have in common.</summary>
    internal static IEnumerable<EpochRecord> WithoutTimes(IEnumerable<EpochRecord> history) => history.Select(epoch => epoch with { Seconds = 0, ImagesPerSecond = 0, SavedSeconds = 0 });

    private static Graph Build(GraphBuilder builder, Value x, StochasticDepthMode mode)
    {
        x = x.Conv2d("conv1", 8, 3, padding: 1).BatchNorm("bn1").Relu("relu1");
        Value branch = x.Conv2d("block.conv", 8, 3, padding: 1).BatchNorm("block.bn");
        x = x.StochasticDepth("block.add", branch, new StochasticDepth(0.6) { Mode = mode }).Relu("relu2");
        return builder.Build(x.AveragePool("pool", 4).Flatten("flatten").Dropout("dropout", 0.1).Linear("fc", Classes));
    }

    private sealed class Corners(int count, Func<int, int> labels, Func<int, Exception?> fault, ulong pictures) : IDataset
    {
        public int Count => count;

        public IReadOnlyList<string> Labels { get; } = ["a", "b", "c", "d"];

        public Shape? SampleShape => [3, Side, Side];

        public int LabelOf(int index) => labels(index);

        public string NameOf(int index) => $"corner {index}";

        public void Read(int index, PixelBuffer pixels)
        {
            if (fault(index) is { } error)
            {
                throw error;
            }

            Span<byte> bytes = pixels.Reset(Side, Side);
            CounterRandom random = new CounterRandom(pictures).Stream((ulong)index);
            (int top, int left) = (LabelOf(index) / 2 * (Side / 2), LabelOf(index) % 2 * (Side / 2));
            for (int i = 0; i < bytes.Length; i++)
            {
                (int y, int x) = (i / 3 / Side, i / 3 % Side);
                bool bright = y >= top && y < top + (Side / 2) && x >= left && x < left + (Side / 2);
                bytes[i] = (byte)(random.Below((ulong)i, 100) + (bright ? 120 : 0));
            }
        }
    }

    private sealed class Stopper(int steps, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Step == steps)
            {
                stop.Cancel();
            }
        }
    }
}
