using Espalier.Graphs;
using Espalier.Tensors;
using Espalier.Testing;

namespace Espalier.Data.Tests.Loading;

public class UnreadableSampleTests
{
    private static readonly InputPipeline Plain = new([3, 1, 1], Normalization.Centred);
    private static readonly DataLoaderOptions InOrder = new() { BatchSize = 4 };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void When_told_to_stop_the_first_bad_sample_of_the_first_bad_batch_is_named_once(int workers)
    {
        for (int repeat = 0; repeat < 20; repeat++)
        {
            var loader = new DataLoader(Bad(5, 6, 9), Plain, InOrder with { Workers = workers });
            int seen = 0;
            var error = Assert.Throws<EspalierException>(() =>
            {
                foreach (Batch batch in loader.Epoch())
                {
                    seen += batch.Count;
                }
            });

            Assert.Equal("file5.png: broken", error.Message);
            Assert.Equal(4, seen);
            Assert.Equal(new DataPosition(0, 1), loader.Position);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void When_replaced_the_next_good_sample_comes_instead_and_failures_are_named_in_order(int workers)
    {
        var loader = new DataLoader(Bad(11, 5, 6), Plain, InOrder with { Workers = workers, Unreadable = UnreadableSamples.Replace });
        for (int epoch = 0; epoch < 2; epoch++)
        {
            var batches = loader.Epoch().Select(batch => (batch.Indices.ToArray(), batch.Labels.ToArray())).ToList();
            Assert.Equal([0, 1, 2, 3, 4, 7, 7, 7, 8, 9, 10, 0], batches.SelectMany(batch => batch.Item1));
            Assert.Equal([0, 1, 2, 3, 4, 0, 0, 0, 1, 2, 3, 0], batches.SelectMany(batch => batch.Item2));
        }

        Assert.Equal(["file5.png: broken", "file6.png: broken", "file11.png: broken"], loader.Failures.Select(failure => failure.ToString()));
    }

    [Fact]
    public void When_left_out_batches_are_smaller_and_may_be_missing()
    {
        var loader = new DataLoader(Bad(1, 4, 5, 6, 7, 10, 11), Plain, InOrder with { Unreadable = UnreadableSamples.Skip, Workers = 2 });
        var batches = loader.Epoch().Select(batch => (batch.Indices.ToArray(), batch.Images.Read<float>().ToArray(), loader.Position)).ToList();

        Assert.Equal([0, 2, 3, 8, 9], batches.SelectMany(batch => batch.Item1));
        Assert.Equal([0, 2, 3], batches[0].Item2.Chunk(3).Select(image => (int)MathF.Round((image[0] + 1) * 127.5f)));
        Assert.Equal([new DataPosition(0, 1), new DataPosition(1, 0)], batches.Select(batch => batch.Position));
        Assert.Equal(7, loader.Failures.Count);
    }

    [Fact]
    public void When_nothing_can_be_read_replacing_gives_up()
    {
        var loader = new DataLoader(new ScriptedDataset(500, _ => new EspalierException("broken")), Plain, InOrder with { Unreadable = UnreadableSamples.Replace });

        Assert.Equal("100 samples in a row could not be read; the first: file0.png: broken", Assert.Throws<EspalierException>(() => loader.Epoch().First()).Message);
    }

    [Fact]
    public void The_only_sample_is_not_counted_when_it_cannot_be_read()
    {
        var loader = new DataLoader(new ScriptedDataset(1, _ => new EspalierException("broken")), Plain, InOrder with { Unreadable = UnreadableSamples.Replace });

        Assert.Equal("file0.png: broken", Assert.Throws<EspalierException>(() => loader.Epoch().First()).Message);
    }

    [Theory]
    [InlineData(UnreadableSamples.Stop)]
    [InlineData(UnreadableSamples.Replace)]
    [InlineData(UnreadableSamples.Skip)]
    public void A_fault_of_the_program_is_never_taken_for_a_bad_file(UnreadableSamples unreadable)
    {
        var data = new ScriptedDataset(12, index => index == 2 ? new InvalidCastException("a bug") : null);
        var loader = new DataLoader(data, Plain, InOrder with { Unreadable = unreadable, Workers = 2 });
        var error = Assert.Throws<InvalidOperationException>(() => loader.Epoch().First());

        Assert.Equal("file2.png could not be prepared: a bug", error.Message);
        Assert.IsType<InvalidCastException>(error.InnerException);
    }

    [Fact]
    public void A_data_set_that_cannot_even_name_a_sample_leaves_nobody_waiting()
    {
        var data = new ScriptedDataset(12, _ => new EspalierException("broken"), nameless: true);

        Assert.Throws<NotSupportedException>(() => new DataLoader(data, Plain, InOrder with { Workers = 2 }).Epoch().First());
    }

    [Fact]
    public void Damaged_files_and_files_that_are_gone_are_named()
    {
        using var folder = new TemporaryFolder();
        for (int i = 0; i < 4; i++)
        {
            folder.Write($"class/{i}.png", TestFiles.Png((byte)i, 1, 1));
        }

        ImageFileDataset data = ImageFileDataset.OpenFolders(folder.Path);
        File.WriteAllBytes(data.NameOf(1), TestFiles.Png(1, 1, 1)[..40]);
        File.Delete(data.NameOf(3));
        var loader = new DataLoader(data, Plain, InOrder with { Unreadable = UnreadableSamples.Skip });

        Assert.Equal([0, 2], loader.Epoch().SelectMany(batch => batch.Indices.ToArray()));
        Assert.Equal([data.NameOf(1), data.NameOf(3)], loader.Failures.Select(failure => failure.Name));
        Assert.All(loader.Failures, failure => Assert.Equal(1, failure.ToString().Split(failure.Name).Length - 1)); // the name once
    }

    private static ScriptedDataset Bad(params int[] indices) =>
        new(12, index => indices.Contains(index) ? new MalformedInputException($"file{index}.png", null, "broken") : null);
}
