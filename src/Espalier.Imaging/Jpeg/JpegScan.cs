namespace Espalier.Imaging;

/// <summary>A scan header (ITU-T T.81, B.2.3): which coefficients of which components the entropy-coded data that follows holds.</summary>
internal sealed class JpegScan
{
    private const int MaxBlocksOfMcu = 10; // B.2.3
    private const int MaxShift = 13; // a DC coefficient of 8-bit samples has no more bits (G.1.1.1.1)

    private JpegScan(JpegComponent[] components, int firstCoefficient, int lastCoefficient, int previousShift, int shift)
    {
        Components = components;
        FirstCoefficient = firstCoefficient;
        LastCoefficient = lastCoefficient;
        PreviousShift = previousShift;
        Shift = shift;
    }

    public JpegComponent[] Components { get; }

    /// <summary>The first coefficient of a progressive scan, in zig-zag order. Ss in the standard.</summary>
    public int FirstCoefficient { get; }

    /// <summary>The last coefficient of a progressive scan, in zig-zag order, inclusive. Se in the standard.</summary>
    public int LastCoefficient { get; }

    /// <summary>Low bits that earlier progressive scans left out, 0 for a first scan. Ah in the standard.</summary>
    public int PreviousShift { get; }

    /// <summary>Low bits that this progressive scan leaves out. Al in the standard.</summary>
    public int Shift { get; }

    public static JpegScan Read(EncodedImage input, int offset, int length, JpegFrame frame, JpegTables tables)
    {
        int count = input.Byte(offset);
        if (count is 0 or > 4 || length != 4 + (2 * count))
        {
            input.Fail(offset, $"a scan header of {length} bytes names {count} components");
        }

        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            int at = offset + 1 + (2 * i);
            components[i] = Find(input, at, frame, components);
            SetTables(input, at + 1, components[i], frame, tables);
        }

        if (count > 1 && components.Sum(c => c.Horizontal * c.Vertical) > MaxBlocksOfMcu)
        {
            input.Fail(offset, $"the scan's MCU has more than {MaxBlocksOfMcu} blocks");
        }

        int spectral = offset + 1 + (2 * count);
        var scan = new JpegScan(components, input.Byte(spectral), input.Byte(spectral + 1), input.Byte(spectral + 2) >> 4, input.Byte(spectral + 2) & 15);
        if (frame.IsProgressive)
        {
            scan.RequireProgressive(input, spectral);
        }

        scan.RequireHuffmanTables(input, offset, frame.IsProgressive);
        return scan;
    }

    private static JpegComponent Find(EncodedImage input, int offset, JpegFrame frame, JpegComponent[] taken)
    {
        int id = input.Byte(offset);
        JpegComponent? found = frame.Components.FirstOrDefault(c => c.Id == id && !taken.Contains(c));
        if (found is null)
        {
            input.Fail(offset, $"the scan names component {id} more often than the frame");
        }

        return found!;
    }

    private static void SetTables(EncodedImage input, int offset, JpegComponent component, JpegFrame frame, JpegTables tables)
    {
        int dc = input.Byte(offset) >> 4, ac = input.Byte(offset) & 15;
        if (dc > 3 || ac > 3)
        {
            input.Fail(offset, "the scan names a Huffman table above 3");
        }

        (component.Dc, component.Ac) = (tables.Dc(dc), tables.Ac(ac));
        if (!frame.IsProgressive)
        {
            component.Dc = component.Dc.IsEmpty ? StandardHuffmanTables.Dc(dc) : component.Dc;
            component.Ac = component.Ac.IsEmpty ? StandardHuffmanTables.Ac(ac) : component.Ac;
        }

        component.Prediction = 0;
        if (component.Quantization is null)
        {
            component.Quantization = tables.Quantization(component.QuantizationIndex);
            if (component.Quantization is null)
            {
                input.Fail(offset, $"the scan begins before quantization table {component.QuantizationIndex}, which it needs");
            }
        }
        else if (!frame.IsProgressive)
        {
            input.Fail(offset, $"component {component.Id} is coded twice");
        }
    }

    private void RequireProgressive(EncodedImage input, int offset)
    {
        bool isDc = FirstCoefficient == 0;
        bool bandIsRight = isDc ? LastCoefficient == 0 : LastCoefficient >= FirstCoefficient && LastCoefficient < JpegComponent.BlockSize && Components.Length == 1;
        if (!bandIsRight || Shift > MaxShift || (PreviousShift != 0 && PreviousShift != Shift + 1))
        {
            input.Fail(offset, $"a progressive scan cannot hold coefficients {FirstCoefficient} to {LastCoefficient} of {Components.Length} components, bits {PreviousShift} to {Shift}");
        }
    }

    private void RequireHuffmanTables(EncodedImage input, int offset, bool progressive)
    {
        bool needsDc = !progressive || (FirstCoefficient == 0 && PreviousShift == 0);
        bool needsAc = !progressive || FirstCoefficient > 0;
        foreach (JpegComponent component in Components)
        {
            if ((needsDc && component.Dc.IsEmpty) || (needsAc && component.Ac.IsEmpty))
            {
                input.Fail(offset, "the scan uses a Huffman table that the file has not defined");
            }

            if (needsDc && component.Dc.MaxSymbol > 15)
            {
                input.Fail(offset, "a DC Huffman table has a magnitude above 15 bits");
            }
        }
    }
}
