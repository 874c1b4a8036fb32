console.log('tallystick');
