using System.Globalization;

namespace Espalier.Formats;

/// <summary>Reads views of storages as dense tensors: checks all bounds first, reads only the bytes that a tensor spans, and limits their total.</summary>
internal sealed class TensorReader(string source, long fileLength, Limits limits)
{
    // A cache line may be added for alignment, see AlignedMemory.
    private const long LargestTensor = int.MaxValue - 1024;

    private long _bytes;

    /// <summary>Reads the tensor that a view describes.</summary>
    /// <exception cref="MalformedInputException">The view exceeds its storage, or all tensors together exceed the limits.</exception>
    public Tensor Read(TensorView view, string name)
    {
        TorchStorage storage = view.Storage;
        ElementType type = storage.Element.Type
            ?? throw new MalformedInputException(source, null, $"'{name}' holds {storage.Element.DType}; complex and quantized types are not supported") { IsUnsupportedKind = true };
        if (view.Sizes.Length != view.Strides.Length)
        {
            throw Error(name, $"has {view.Sizes.Length} sizes but {view.Strides.Length} strides");
        }

        Shape shape = ShapeOf(view, name);
        int size = type.Size();
        long count = TensorBytes.Length(view.Sizes, size, LargestTensor) / size
            ?? throw Error(name, $"has more than {LargestTensor:N0} bytes, the limit for one tensor");
        if (count == 0)
        {
            return Tensor.Zeros(shape, type);
        }

        long span = Span(view, name);
        Charge(Math.Max(span, count) * size, name);
        ReadOnlyMemory<byte> bytes = IsContiguous(view)
            ? storage.Bytes.ReadWhenUsed(view.Offset * size, checked((int)(span * size)))
            : Gather(storage.Bytes.ReadBlock(view.Offset * size, checked((int)(span * size))).Span, view, count, size);
        TensorBytes.RequireBooleans(type, bytes, source, name);
        return Tensor.Over(shape, type, bytes);
    }

    private Shape ShapeOf(TensorView view, string name)
    {
        int[] extents = new int[view.Sizes.Length];
        for (int i = 0; i < extents.Length; i++)
        {
            extents[i] = view.Sizes[i] is >= 0 and <= int.MaxValue
                ? (int)view.Sizes[i]
                : throw Error(name, $"has the size {view.Sizes[i].ToString(CultureInfo.InvariantCulture)}");
        }

        return Shape.Of(extents);
    }

    /// <summary>Number of elements from the tensor's first to its last in the storage.</summary>
    private long Span(TensorView view, string name)
    {
        Int128 last = 0;
        for (int i = 0; i < view.Sizes.Length; i++)
        {
            if (view.Strides[i] < 0)
            {
                throw Error(name, $"has the negative stride {view.Strides[i].ToString(CultureInfo.InvariantCulture)}");
            }

            last += (Int128)(view.Sizes[i] - 1) * view.Strides[i];
        }

        TorchStorage storage = view.Storage;
        if (view.Offset < 0 || view.Offset + last >= storage.Count)
        {
            throw Error(name, $"spans elements {view.Offset} to {view.Offset + last} of storage {PickleText.Render(storage.Key)}, which has {storage.Count} elements");
        }

        return (last + 1) * storage.Element.Size <= LargestTensor
            ? (long)last + 1
            : throw Error(name, $"spans more than {LargestTensor:N0} bytes of its storage");
    }

    private void Charge(long bytes, string name)
    {
        _bytes += bytes;
        if (_bytes > limits.TensorBytes)
        {
            throw Error(name, $"brings all tensors above the limit of {limits.TensorBytes:N0} bytes");
        }

        if (_bytes > ZipDirectory.Harmless && _bytes / limits.ArchiveRatio > fileLength)
        {
            throw Error(name, $"brings all tensors above {limits.ArchiveRatio} times the file's {fileLength:N0} bytes, the limit");
        }
    }

    private static bool IsContiguous(TensorView view)
    {
        long expected = 1;
        for (int i = view.Sizes.Length - 1; i >= 0; i--)
        {
            if (view.Sizes[i] != 1 && view.Strides[i] != expected)
            {
                return false;
            }

            expected *= view.Sizes[i];
        }

        return true;
    }

    private static Memory<byte> Gather(ReadOnlySpan<byte> from, TensorView view, long count, int size)
    {
        Memory<byte> gathered = AlignedMemory.Allocate<byte>(count * size);
        Span<byte> into = gathered.Span;
        long[] index = new long[view.Sizes.Length];
        long element = 0;
        for (int at = 0; at < into.Length; at += size)
        {
            from.Slice((int)(element * size), size).CopyTo(into[at..]);
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                element += view.Strides[axis];
                if (++index[axis] < view.Sizes[axis])
                {
                    break;
                }

                element -= view.Strides[axis] * view.Sizes[axis];
                index[axis] = 0;
            }
        }

        return gathered;
    }

    private MalformedInputException Error(string name, string problem) => new(source, null, $"tensor '{name}' {problem}");
}
