using ILGPU;

namespace Espalier.Accelerated;

/// <summary>Stores sums as channels of maps, with a bias, a residual and an activation: a row is a channel of a group, a column a pixel of a sample.</summary>
internal readonly struct MapResult(ArrayView<float> output, ArrayView<float> bias, ArrayView<float> residual, DeviceActivation activation, int each, int pixels, int length) : IResult
{
    private readonly ArrayView<float> _output = output, _bias = bias, _residual = residual;
    private readonly DeviceActivation _activation = activation;
    private readonly int _each = each, _pixels = pixels, _length = length;

    public Place At(int column, int part, int split) => new() { Base = (column / _pixels * _length) + (part * _each * _pixels) + (column % _pixels) };

    public void Store(Place place, int row, int part, float value)
    {
        int at = place.Base + (row * _pixels);
        value += _bias.Length > 0 ? _bias[(part * _each) + row] : 0;
        value += _residual.Length > 0 ? _residual[at] : 0;
        _output[at] = _activation.Of(value);
    }
}

/// <summary>Stores or adds gradients of a map's channels.</summary>
internal readonly struct MapGradient(GradientTarget target, int each, int pixels, int length) : IResult
{
    private readonly GradientTarget _target = target;
    private readonly int _each = each, _pixels = pixels, _length = length;

    public Place At(int column, int part, int split) => new() { Base = (column / _pixels * _length) + (part * _each * _pixels) + (column % _pixels) };

    public void Store(Place place, int row, int part, float value) => _target.Store(place.Base + (row * _pixels), value);
}

/// <summary>Stores the sums of ranges of terms, one matrix of all parts after the other, to be added up by <see cref="Reductions"/>.</summary>
internal readonly struct PartialSums(ArrayView<float> sums, int rows, int columns, int parts) : IResult
{
    private readonly ArrayView<float> _sums = sums;
    private readonly int _rows = rows, _columns = columns, _parts = parts;

    public Place At(int column, int part, int split) => new() { Base = (((split * _parts) + part) * _rows * _columns) + column };

    public void Store(Place place, int row, int part, float value) => _sums[place.Base + (row * _columns)] = value;
}
