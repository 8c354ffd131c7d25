using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Data.Tests.Loading;

public class DataLoaderTests
{
    private const int Samples = 53;
    private static readonly InputPipeline Plain = new([3, 1, 1], new Normalization([0, 0, 0], [1 / 255f, 1 / 255f, 1 / 255f]));
    private static readonly InputPipeline Augmenting = new(
        [3, 16, 16],
        Normalization.Cifar10,
        RandomCrop.Square(16, 2, CropBorder.Reflect),
        new RandomHorizontalFlip(),
        new ColorJitter(0.4, 0.4, 0.4, 0.1),
        new RandAugment())
    { Erasing = new RandomErasing { Noise = true } };

    private static readonly DataLoaderOptions Shuffled = new() { BatchSize = 8, Shuffle = true, Seed = 11, Workers = 2 };

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(4, 3)]
    [InlineData(4, 100)]
    public void Batches_are_bit_identical_for_any_number_of_threads(int workers, int prefetch)
    {
        string[] one = Hashes(NewLoader(Shuffled with { Workers = 1 }), 3);

        Assert.Equal(3 * 7, one.Distinct().Count());
        Assert.Equal(one, Hashes(NewLoader(Shuffled with { Workers = workers, Prefetch = prefetch }), 3));
    }

    [Fact]
    public void A_saved_position_goes_on_with_the_batches_that_would_have_come()
    {
        var loader = NewLoader(Shuffled);
        var all = new List<(DataPosition After, string Hash)>();
        for (int epoch = 0; epoch < 2; epoch++)
        {
            all.AddRange(loader.Epoch().Select(batch => (loader.Position, Hash(batch))));
        }

        Assert.Equal(new DataPosition(2, 0), loader.Position);
        for (int i = 0; i < all.Count - 1; i++)
        {
            var resumed = NewLoader(Shuffled with { Workers = i % 3 });
            resumed.Position = all[i].After;
            Assert.Equal(all[i + 1].Hash, Hash(resumed.Epoch().First()));
        }

        var late = NewLoader(Shuffled);
        late.Position = new DataPosition(1, 3);
        Assert.Equal(all.Skip(7 + 3).Select(one => one.Hash), Hashes(late, 1));
    }

    [Fact]
    public void Breaking_off_an_epoch_goes_on_with_the_next_batch()
    {
        var loader = NewLoader(Shuffled);
        string[] first = [.. loader.Epoch().Take(3).Select(Hash)], rest = Hashes(loader, 1);

        Assert.Equal(Hashes(NewLoader(Shuffled), 1), first.Concat(rest));
    }

    [Fact]
    public void Each_epoch_has_every_sample_once_in_an_order_of_its_own()
    {
        var loader = new DataLoader(new ScriptedDataset(Samples), Plain, Shuffled);
        int[] first = Indices(loader), second = Indices(loader);

        Assert.Equal(Enumerable.Range(0, Samples), first.Order());
        Assert.Equal(Enumerable.Range(0, Samples), second.Order());
        Assert.NotEqual(first, second);
        Assert.NotEqual(first, Indices(new DataLoader(new ScriptedDataset(Samples), Plain, Shuffled with { Seed = 12 })));
    }

    [Fact]
    public void Every_order_is_equally_likely()
    {
        var loader = new DataLoader(new ScriptedDataset(4), Plain, new DataLoaderOptions { BatchSize = 4, Shuffle = true, Workers = 0 });
        var counts = Enumerable.Range(0, 4800).Select(_ => string.Join(' ', Indices(loader))).CountBy(order => order).ToList();

        Assert.Equal(24, counts.Count);
        Assert.All(counts, count => Assert.InRange(count.Value, 200 - 70, 200 + 70)); // 5 deviations of a binomial
    }

    [Fact]
    public void Without_shuffling_samples_come_in_their_order_with_images_and_labels()
    {
        var loader = new DataLoader(new ScriptedDataset(10), Plain, new DataLoaderOptions { BatchSize = 4 });
        var seen = loader.Epoch().Select(batch => (batch.Images.Shape.ToString(), batch.Labels.ToArray(), batch.Images.Read<float>().ToArray())).ToList();

        Assert.Equal(["4x3x1x1", "4x3x1x1", "2x3x1x1"], seen.Select(one => one.Item1));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i % 7), seen.SelectMany(one => one.Item2));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (float)(i / 3)), seen.SelectMany(one => one.Item3).Select(value => MathF.Round(value)));
    }

    [Fact]
    public void The_last_batch_can_be_dropped()
    {
        var loader = new DataLoader(new ScriptedDataset(10), Plain, Shuffled with { BatchSize = 4, DropLast = true });

        Assert.Equal((2, 8), (loader.BatchesPerEpoch, loader.SamplesPerEpoch));
        Assert.Equal([4, 4], loader.Epoch().Select(batch => batch.Count));
        Assert.Throws<EspalierException>(() => new DataLoader(new ScriptedDataset(3), Plain, new DataLoaderOptions { BatchSize = 4, DropLast = true }));
        Assert.Throws<EspalierException>(() => new DataLoader(new ScriptedDataset(0), Plain, new DataLoaderOptions()));
    }

    [Fact]
    public void Memory_is_used_again_from_batch_to_batch_and_epoch_to_epoch()
    {
        var loader = new DataLoader(new ScriptedDataset(100), Plain, new DataLoaderOptions { BatchSize = 8, Workers = 2, Prefetch = 2 });
        var tensors = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            tensors.UnionWith(loader.Epoch().Select(batch => batch.Images));
        }

        Assert.Equal(3 + 1, tensors.Count); // the one in use, two ahead, and the smaller last one
    }

    [Fact]
    public void Threads_work_no_farther_ahead_than_told()
    {
        int farthest = 0;
        var data = new ScriptedDataset(100, index =>
        {
            farthest = Math.Max(farthest, index);
            return null;
        });
        var loader = new DataLoader(data, Plain, new DataLoaderOptions { BatchSize = 5, Workers = 2, Prefetch = 3 });
        using IEnumerator<Batch> batches = loader.Epoch().GetEnumerator();
        Assert.True(batches.MoveNext());
        SpinWait.SpinUntil(() => farthest >= 19, 10_000);
        Thread.Sleep(50); // long enough for a thread that does not stop to show

        Assert.Equal(19, farthest);
        Assert.InRange(data.MostAtOnce, 1, 2);
    }

    [Fact]
    public void A_loader_reads_one_epoch_at_a_time()
    {
        var loader = new DataLoader(new ScriptedDataset(10), Plain, new DataLoaderOptions { BatchSize = 4 });
        foreach (Batch _ in loader.Epoch())
        {
            Assert.Throws<InvalidOperationException>(() => loader.Epoch());
            Assert.Throws<InvalidOperationException>(() => loader.Position = default);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Position = new DataPosition(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => loader.Position = new DataPosition(-1, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Cancelling_ends_the_wait_for_a_batch(int workers)
    {
        using var cancellation = new CancellationTokenSource();
        var data = new ScriptedDataset(1000, index =>
        {
            if (index == 20)
            {
                cancellation.Cancel();
            }

            return null;
        });
        var loader = new DataLoader(data, Plain, new DataLoaderOptions { BatchSize = 16, Workers = workers, Prefetch = 0 });

        Assert.ThrowsAny<OperationCanceledException>(() => loader.ReadEpoch(cancellation.Token).Sum(batch => batch.Count));
        Assert.Equal(new DataPosition(0, 1), loader.Position);
    }

    private static DataLoader NewLoader(DataLoaderOptions options) => new(new GeneratedShapes(Samples, 16), Augmenting, options);

    private static string[] Hashes(DataLoader loader, int epochs) => [.. Enumerable.Range(0, epochs).SelectMany(_ => loader.Epoch().Select(Hash))];

    private static int[] Indices(DataLoader loader) => [.. loader.Epoch().SelectMany(batch => batch.Indices.ToArray())];

    private static string Hash(Batch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(batch.Images.Bytes.Span);
        hash.AppendData(MemoryMarshal.AsBytes<int>(batch.Labels));
        hash.AppendData(MemoryMarshal.AsBytes<int>(batch.Indices));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
