namespace Espalier.Formats.Tests.Support;

/// <summary>Small state_dicts with something of everything.</summary>
internal static class StateDicts
{
    /// <summary>One tensor of each type, a scalar and an empty one; random bits, so NaNs of all kinds too.</summary>
    public static StateDict OfEveryType(ulong seed)
    {
        var tensors = new List<KeyValuePair<string, Tensor>>();
        foreach (ElementType type in Enum.GetValues<ElementType>())
        {
            tensors.Add(new($"layer.{type}", Random(seed, type, [3, 5])));
        }

        tensors.Add(new("scalar", Random(seed, ElementType.Int64, [])));
        tensors.Add(new("empty", Tensor.Zeros([0, 4])));
        tensors.Add(new("größe \"1\"", Random(seed, ElementType.Float32, [1])));
        return new StateDict(tensors);
    }

    public static void AssertBitEqual(StateDict expected, StateDict actual)
    {
        Assert.Equal(expected.Names, actual.Names);
        Assert.All(expected, t => Assert.True(t.Value.BitEquals(actual[t.Key]), t.Key));
    }

    private static Tensor Random(ulong seed, ElementType type, Shape shape)
    {
        CounterRandom random = new CounterRandom(seed).Stream(type.ToString());
        byte[] bytes = new byte[shape.Count * type.Size()];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = type == ElementType.Boolean ? (byte)random.Below((ulong)i, 2) : (byte)random.Bits((ulong)i);
        }

        return Tensor.Over(shape, type, bytes);
    }
}
