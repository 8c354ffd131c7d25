namespace Espalier.Formats;

/// <summary>A PyTorch element type: the names of its storage class and its dtype, its size, and the corresponding <see cref="ElementType"/>.</summary>
/// <param name="Storage">The name of its storage class in the module <c>torch</c>.</param>
/// <param name="DType">Its name as a dtype.</param>
/// <param name="Size">Bytes per element.</param>
/// <param name="Type">The corresponding element type, or <see langword="null"/> for unsupported ones.</param>
internal sealed record TorchElement(string Storage, string DType, int Size, ElementType? Type)
{
    private const string StorageSuffix = "Storage";
    private const string TensorSuffix = "Tensor";

    /// <summary>The element type of untyped storages, whose tensors give the type (<c>torch.storage.UntypedStorage</c>).</summary>
    public static readonly TorchElement Untyped = new("UntypedStorage", "uint8", 1, ElementType.UInt8);

    private static readonly TorchElement[] All =
    [
        new("FloatStorage", "float32", 4, ElementType.Float32),
        new("DoubleStorage", "float64", 8, ElementType.Float64),
        new("HalfStorage", "float16", 2, ElementType.Float16),
        new("BFloat16Storage", "bfloat16", 2, ElementType.BFloat16),
        new("ByteStorage", "uint8", 1, ElementType.UInt8),
        new("CharStorage", "int8", 1, ElementType.Int8),
        new("ShortStorage", "int16", 2, ElementType.Int16),
        new("IntStorage", "int32", 4, ElementType.Int32),
        new("LongStorage", "int64", 8, ElementType.Int64),
        new("BoolStorage", "bool", 1, ElementType.Boolean),
        new("ComplexFloatStorage", "complex64", 8, null),
        new("ComplexDoubleStorage", "complex128", 16, null),
        new("QInt8Storage", "qint8", 1, null),
        new("QUInt8Storage", "quint8", 1, null),
        new("QInt32Storage", "qint32", 4, null),
        new("QUInt4x2Storage", "quint4x2", 1, null),
        new("QUInt2x4Storage", "quint2x4", 1, null),
    ];

    /// <summary>The element type of the storage class that a pickle names; <see langword="null"/> for other names.</summary>
    public static TorchElement? OfStorage(PickleGlobal global) => global.Module switch
    {
        "torch" or "torch.cuda" => Array.Find(All, e => e.Storage == global.Name),
        "torch.storage" when global.Name is "UntypedStorage" or "_UntypedStorage" => Untyped,
        _ => null,
    };

    /// <summary>The element type of the tensor class that a pickle of PyTorch 0.1 names (<c>torch.FloatTensor</c>).</summary>
    public static TorchElement? OfTensorClass(PickleGlobal global) =>
        global.Name.EndsWith(TensorSuffix, StringComparison.Ordinal)
            ? OfStorage(global with { Name = global.Name[..^TensorSuffix.Length] + StorageSuffix })
            : null;

    /// <summary>The element type of a dtype that a pickle names (<c>torch.float32</c>).</summary>
    public static TorchElement? OfDType(PickleGlobal global) => global.Module == "torch" ? Array.Find(All, e => e.DType == global.Name) : null;

    /// <summary>The PyTorch type that corresponds to <paramref name="type"/>.</summary>
    public static TorchElement Of(ElementType type) => Array.Find(All, e => e.Type == type)
        ?? throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type.");
}
