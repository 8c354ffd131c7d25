using Espalier.Formats.Tests.Support;
using Espalier.Graphs;

namespace Espalier.Formats.Tests;

/// <summary>Compact model files: smaller, the same numbers, and refused when their parts do not belong together.</summary>
public class CompactModelFileTests
{
    private const string Name = "conv.weight";
    private static readonly Model Sparse = Make();

    public static TheoryData<string, string> Damages => new()
    {
        // what happens to the tensors, what the error says
        { "one more bit", "bits are set, but there are" },
        { "a bit behind the end", "bits are set after the last element" },
        { "one value less", "bits are set, but there are" },
        { "fewer bits", "instead of one bit for each of 579 elements" },
        { "no bits", "lacks 'conv.weight/bitmask' or 'conv.weight/values'" },
        { "no values", "lacks 'conv.weight/bitmask' or 'conv.weight/values'" },
        { "values of another type", "instead of a Float32 or Int8 vector" },
        { "in full too", "is stored both compactly and in full" },
    };

    public static TheoryData<string, string, string> Changes => new()
    {
        // what of the JSON is replaced, by what, what the error says
        { "[193,3,1,1]", "[193,3,1]", "of another shape" },
        { "[193,3,1,1]", "[2000000000,2000000000,1,1]", "more than the" },
        { "[193,3,1,1]", "[500000000,1,1,1]", "instead of one bit for each" },
        { "[193,3,1,1]", "[-193,3,1,1]", "negative extent" },
        { "\"name\":\"conv.weight\"", "\"name\":\"conv.wait\"", "lacks 'conv.wait/bitmask'" },
        { "\"name\":\"conv.weight\"", "\"name\":\"fc.weight\"", "the compact tensor 'fc.weight'" },
        { "\"compact\":[{", "\"compact\":[{\"name\":\"conv.weight\",\"shape\":[193,3,1,1]},{", "is listed twice" },
        { "\"compact\":[{", "\"compact\":[{\"more\":1,", "the unknown field 'more'" },
    };

    [Fact]
    public void Numbers_and_masks_come_back_bit_for_bit_in_less_space()
    {
        byte[] compact = Write(Sparse, compact: true);
        byte[] usual = Write(Sparse, compact: false);
        Assert.True(compact.Length < 0.5 * usual.Length, $"{compact.Length} bytes instead of {usual.Length}");

        Model read = ModelFile.Read(compact, "memory");
        Assert.True(read.Parameters[Name].Value.IsDeferred);
        Assert.Equal(Sparse.Graph, read.Graph);
        foreach ((string name, Parameter parameter) in Sparse.Parameters)
        {
            Assert.True(parameter.Effective.BitEquals(read.Parameters[name].Effective), name);
            Assert.True(parameter.Mask is null ? read.Parameters[name].Mask is null : parameter.Mask.BitEquals(read.Parameters[name].Mask!), name);
            Assert.Equal(parameter.Trainable, read.Parameters[name].Trainable);
        }

        Assert.NotEqual(Sparse.Parameters["fc.weight"].NonZeros, read.Parameters["fc.weight"].Mask!.Read<float>().ToArray().Count(kept => kept == 1)); // a kept weight is zero
        Assert.Equal(compact, Write(read, compact: true));
        StateDicts.AssertBitEqual(Sparse.ToStateDict(), ModelFile.Read(Write(read, compact: false), "memory").ToStateDict());
    }

    [Fact]
    public void On_the_disk_it_is_a_safetensors_file_and_a_checkpoint_like_others()
    {
        using var folder = new TemporaryFolder();
        ModelFile.Write(folder["a.espalier"], Sparse, new ModelFileOptions { Compact = true });
        Model read = ModelFile.Read(folder["a.espalier"]);
        StateDicts.AssertBitEqual(Sparse.ToStateDict(), read.ToStateDict());
        SafetensorsFile plain = SafetensorsReader.Read(folder["a.espalier"]);
        Assert.Equal([73], plain.Tensors["conv.weight/bitmask"].Shape);
        StateDicts.AssertBitEqual(read.ToMaskedStateDict(), CheckpointReader.Read(folder["a.espalier"]).StateDict);
    }

    [Fact]
    public void What_would_not_become_smaller_stays_as_it_is()
    {
        Model dense = SmallModel.Make(4);
        dense = dense.With(dense.Parameters.With("conv2.weight", dense.Parameters["conv2.weight"] with { Mask = Tensor.From([4, 4, 3, 3], [.. Enumerable.Repeat(0.5f, 144)]) }));
        Assert.Equal(Write(dense, compact: false), Write(dense, compact: true)); // a mask of halves is no bitmask
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void Parts_that_disagree_are_refused(string damage, string reason)
    {
        SafetensorsFile file = SafetensorsReader.Read(Write(Sparse, compact: true), "memory");
        const string Bits = Name + "/bitmask";
        const string Values = Name + "/values";
        byte[] bits = file.Tensors[Bits].Read<byte>().ToArray();
        float[] values = file.Tensors[Values].Read<float>().ToArray();
        int clear = Array.FindIndex(bits, b => b != 0xff);
        Dictionary<string, Tensor?> changed = damage switch
        {
            "one more bit" => new() { [Bits] = Bytes([.. bits.Select((b, i) => i == clear ? (byte)(b | (b + 1)) : b)]) },
            "a bit behind the end" => new() { [Bits] = Bytes([.. bits[..^1], (byte)(bits[^1] | 0x80)]) },
            "one value less" => new() { [Values] = Tensor.From([values.Length - 1], values.AsSpan(1)) },
            "fewer bits" => new() { [Bits] = Bytes(bits[1..]) },
            "no bits" => new() { [Bits] = null },
            "no values" => new() { [Values] = null },
            "values of another type" => new() { [Values] = file.Tensors[Values].To(ElementType.Float64) },
            _ => new() { [Name] = Tensor.Zeros([193, 3, 1, 1]) },
        };
        var tensors = new StateDict(
            file.Tensors.Where(t => !changed.ContainsKey(t.Key)).Concat(changed.Where(c => c.Value is not null).Select(c => KeyValuePair.Create(c.Key, c.Value!))));
        Refused(tensors, file.Metadata, reason);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void Claims_that_do_not_hold_are_refused(string text, string replacement, string reason)
    {
        SafetensorsFile file = SafetensorsReader.Read(Write(Sparse, compact: true), "memory");
        string description = file.Metadata.Single(m => m.Key == "espalier").Value;
        int at = description.IndexOf("\"compact\"", StringComparison.Ordinal);
        Assert.Contains(text, description[at..], StringComparison.Ordinal);
        string changed = description[..at] + description[at..].Replace(text, replacement, StringComparison.Ordinal);
        Refused(file.Tensors, [new("espalier", changed)], reason);
    }

    [Fact]
    public void Zeros_count_against_the_limit_without_being_unpacked()
    {
        // 64 Mi zeros: 8 MiB of bits in the file, 256 MiB once they are unpacked.
        Graph graph = new([new Node("input", new Input([1 << 13]), []), new Node("fc", new Linear(1 << 13, 1 << 13, Bias: false), ["input"])], ["fc"]);
        var model = new Model(graph, Parameters.From([new("fc.weight", new Parameter(Tensor.Zeros([1 << 13, 1 << 13])))]), ModelMetadata.None);
        byte[] file = Write(model, compact: true);
        Assert.True(file.Length < 9 << 20);
        model = null!;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("once they are unpacked", Refusal(file, Limits.Default with { TensorBytes = 100 << 20 }), StringComparison.Ordinal);
        Model read = ModelFile.Read(file, "memory");
        Assert.True(read.Parameters["fc.weight"].Value.IsDeferred);
        long used = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(used < 64 << 20, $"{used:N0} bytes were allocated");
    }

    [Fact]
    public void Truncated_files_and_flipped_bits_give_a_model_or_the_one_error()
    {
        byte[] whole = Write(Sparse, compact: true);
        for (ulong seed = 0; seed < 1000; seed++)
        {
            CounterRandom random = new(seed);
            byte[] damaged = [.. whole];
            damaged[random.Below(0, whole.Length)] ^= (byte)(1 << (int)random.Below(1, 8));
            if (seed % 2 == 0)
            {
                damaged = damaged[..(int)random.Below(2, whole.Length)];
            }

            Exception? error = Record.Exception(() => ModelFile.Read(damaged, "damaged").ToStateDict());
            Assert.True(error is null or MalformedInputException, $"seed {seed} gave {error}");
        }
    }

    private static void Refused(StateDict tensors, IReadOnlyList<KeyValuePair<string, string>> metadata, string reason)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        Assert.Contains(reason, Refusal(stream.ToArray(), Limits.Default), StringComparison.Ordinal);
    }

    private static string Refusal(byte[] file, Limits limits) => Assert.Throws<MalformedInputException>(() => ModelFile.Read(file, "memory", limits)).Message;

    private static Tensor Bytes(byte[] bytes) => Tensor.From<byte>([bytes.Length], bytes);

    private static byte[] Write(Model model, bool compact)
    {
        using var stream = new MemoryStream();
        ModelFile.Write(stream, model, new ModelFileOptions { Compact = compact });
        return stream.ToArray();
    }

    /// <summary>A convolution of 579 weights with zeros of both signs and without a mask, and a classifier with a mask, one of whose kept weights is zero.</summary>
    private static Model Make()
    {
        Graph graph = new(
            [
                new Node("input", new Input([3, 2, 2]), []),
                new Node("conv", new Conv2d(3, 193, 1), ["input"]),
                new Node("pool", new AdaptiveAveragePool(1), ["conv"]),
                new Node("flatten", new Flatten(), ["pool"]),
                new Node("fc", new Linear(193, 10), ["flatten"]),
            ],
            ["fc"]);
        var random = new CounterRandom(5);
        float[] conv = [.. Enumerable.Range(0, 579).Select(i => i switch { 7 => -0f, 8 => float.NaN, _ => random.Below((ulong)i, 10) == 0 ? i : 0f })];
        float[] fc = [.. Enumerable.Range(0, 1930).Select(i => i == 6 ? 0f : i + 1)];
        float[] mask = [.. Enumerable.Range(0, 1930).Select(i => i % 6 == 0 ? 1f : 0)];
        return new Model(
            graph,
            Parameters.From(
            [
                new("conv.weight", new Parameter(Tensor.From([193, 3, 1, 1], conv))),
                new("fc.weight", new Parameter(Tensor.From([10, 193], fc)) { Mask = Tensor.From([10, 193], mask), Trainable = false }),
                new("fc.bias", new Parameter(Tensor.Zeros([10]))),
            ]),
            ModelMetadata.None);
    }
}
